"""The QR code that a phone shows. Pure."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData

from app.people.card_numbers import qr_path

VERSION = 6  # 133 signs of the alphanumeric mode at level M, with a few to spare
MODULES = 41
MARGIN = 4  # ISO/IEC 18004: a quiet zone of four modules


def draw_code(text: str) -> str:
    """Return an SVG path that draws a code's dark modules, one unit each; every code is as large as any other."""
    code = qrcode.QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(QRData(text))  # capitals and digits alone, so it takes the alphanumeric mode
    code.make(fit=False)
    return qr_path(code.get_matrix())
