"""Daily series whose anomalies are known, what finds them, and how well."""
