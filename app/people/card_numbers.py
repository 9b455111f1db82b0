"""Card numbers, and the QR code that carries one and nothing else. Pure."""

from collections.abc import Sequence
from enum import StrEnum

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData
from stdnum import luhn

# Payment codes of WeChat begin with 10 to 15, those of Alipay with 25 to 30: a till must never take one for the other.
PREFIX = "6021"
LENGTH = 19
RANDOM_DIGITS = LENGTH - len(PREFIX) - 1

Matrix = Sequence[Sequence[bool]]


class CardState(StrEnum):
    """What may be done with a card: only an issued one pays."""

    ISSUED = "issued"
    LOST = "lost"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


def make_number(random_digits: str) -> str:
    """Make a card number of 19 digits from 14 random ones: our prefix before them, a Luhn digit after."""
    body = PREFIX + random_digits
    return body + luhn.calc_check_digit(body)


def is_card_number(text: str) -> bool:
    """Tell whether a text is a number of one of our cards, by its shape and check digit."""
    shaped = len(text) == LENGTH and text.isascii() and text.isdigit() and text.startswith(PREFIX)
    return shaped and luhn.is_valid(text)


def grouped(number: str) -> str:
    """Write a card number by fours, as people read it aloud."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def qr_matrix(number: str) -> Matrix:
    """Return the dark and light modules of a card's QR code: version 1, level M, digits only, no margin."""
    code = qrcode.QRCode(version=1, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(QRData(number))  # nothing but digits, so it takes the shortest mode
    code.make(fit=False)
    matrix: Matrix = code.get_matrix()
    return matrix


def qr_path(matrix: Matrix) -> str:
    """Return an SVG path that draws the dark modules, one unit each, neighbours in a row as one box."""
    return "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(matrix) for x, width in _runs(row))


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Return start and length of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
