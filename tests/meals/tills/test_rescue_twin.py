"""The file that a till's own script writes is the one that the server takes."""

import json
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from meals.models import Checkout
from meals.tills.models import TillUpload
from tests.meals.test_till_modules import node
from tests.meals.tills.counter import Counter, book, look, sold

SCRIPT = Path(__file__).resolve().parents[1] / "till" / "export.mjs"


def export(counter: Counter, *entries: dict[str, Any]) -> bytes:
    """Let the till's script queue some entries and write them into a file."""
    device = {
        "token": counter.token,
        "device": {"id": counter.device_id, "number": 1},
        "till": {"id": counter.lunch.till.id, "number": 1},
        "canteen": {"id": counter.lunch.canteen.id, "name": "文晖一食堂"},
    }
    given = json.dumps({"device": device, "entries": entries})
    ran = subprocess.run([*node(), str(SCRIPT)], input=given.encode(), capture_output=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_what_a_till_exports_is_booked(counter: Counter) -> None:
    lunch = counter.lunch
    sales = [{**counter.sale(lunch.guest()), "cashier_name": "李", "made_at": n} for n in range(2)]
    undo = counter.undo(sales[0])
    data = export(counter, *sales, undo)
    assert book(counter, look(counter, data)).status_code == 200
    uploads = lunch.session.scalars(select(TillUpload).order_by(TillUpload.seq)).all()
    assert [(upload.seq, upload.outcome) for upload in uploads] == [(1, "booked"), (2, "booked"), (3, "booked")]
    assert not any(upload.conflicts for upload in uploads)
    assert len(lunch.session.scalars(select(Checkout)).all()) == 2
    assert sold(counter, sales[0]).reversed_at is not None
