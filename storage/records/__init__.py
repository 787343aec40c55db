"""What the repositories take and give: plain values that know no database."""
