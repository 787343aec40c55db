"""`costbot import focus` and `costbot export focus`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.focus.bills import bill, charge
from tests.sources.test_import_command import costbot


def test_a_bill_goes_in_and_comes_out(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out.parquet"
    path = tmp_path / "bill.csv"
    path.write_bytes(bill(charge({"bu": "labs"}), charge(BillingCurrency="EUR")))
    told = costbot(home, "import", "focus", str(path), "--tag", "team=bu")
    assert "2 rows read, 1 taken, 0 repeated, 1 rejected" in told.stdout
    assert "Taken: charges from 2026-11-20 00:00 to 2026-11-20 00:00 UTC, $1.00." in told.stdout
    assert "1 × BillingCurrency is not USD" in told.stdout
    days = ("--from", "2026-11-20", "--to", "2026-11-20")
    found = json.loads(costbot(home, "export", "focus", str(out), *days, "--json").stdout)
    assert (found["format"], found["rows"]) == ("parquet", 1)
    assert found["billed_cost"] == found["effective_cost"] == "1.000000000000000"
    assert out.read_bytes().startswith(b"PAR1")
    nothing = costbot(home, "export", "focus", str(out), *days, "--org", "globex")
    assert nothing.returncode != 0
    assert "There is nothing of globex" in nothing.stderr
    assert out.read_bytes().startswith(b"PAR1")
