"""The sheet that a relative takes home: a code to type, and a QR code of the page it opens."""

from dataclasses import dataclass
from datetime import datetime

import qrcode
from flask import url_for
from qrcode.constants import ERROR_CORRECT_M

from app.people.card_numbers import Matrix, qr_path
from app.people.relatives.services import Offer


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is printed; the code is told here and nowhere else."""

    senior_id: int
    code: str
    address: str
    until: datetime
    path: str
    size: int


def lay_out(offer: Offer) -> Sheet:
    """Lay out the sheet of an offer."""
    address = url_for("join.show_join", _external=True)
    matrix = _matrix(url_for("join.show_join", code=offer.code, _external=True))
    return Sheet(
        senior_id=offer.senior_id,
        code=grouped_code(offer.code),
        address=address,
        until=offer.until,
        path=qr_path(matrix),
        size=len(matrix),
    )


def grouped_code(code: str) -> str:
    """Write a code by fours, as people read it aloud and type it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _matrix(address: str) -> Matrix:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make(fit=True)
    matrix: Matrix = code.get_matrix()
    return matrix
