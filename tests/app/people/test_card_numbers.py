"""Card numbers and their QR codes."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.people.card_numbers import grouped, is_card_number, make_number, qr_matrix, qr_path

PAYMENT_CODES = [str(number) for number in (*range(10, 16), *range(25, 31))]
NUMBERS = st.integers(0, 10**14 - 1).map(lambda number: make_number(f"{number:014d}"))


@given(NUMBERS)
def test_a_card_number_is_never_a_payment_code(number):
    assert len(number) == 19
    assert is_card_number(number)
    assert not number.startswith(tuple(PAYMENT_CODES))


@given(NUMBERS, st.integers(4, 18), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_noticed(number, place, digit):
    changed = number[:place] + digit + number[place + 1 :]
    assert is_card_number(changed) is (changed == number)


@pytest.mark.parametrize(
    "text",
    ["", "6021", "1" * 19, "６０２１１１１１１１１１１１１１１１９", "60211111111111111190", "602111111111111111x"],
)
def test_other_texts_are_no_card_numbers(text):
    assert not is_card_number(text)


def test_a_number_is_read_aloud_by_fours():
    assert grouped("6021884033170425904") == "6021 8840 3317 0425 904"


@given(NUMBERS)
def test_an_independent_decoder_reads_the_code_back(number):
    matrix = qr_matrix(number)
    assert len(matrix) == 21, "a version 1 code"
    found = zxingcpp.read_barcodes(raster(matrix))
    assert [(code.text, code.format) for code in found] == [(number, zxingcpp.BarcodeFormat.QRCode)]


@given(NUMBERS)
def test_the_drawn_path_covers_exactly_the_dark_modules(number):
    matrix = qr_matrix(number)
    drawn = {
        (int(x) + step, int(y))
        for x, y, width in (parse_box(box) for box in qr_path(matrix).split("M")[1:])
        for step in range(width)
    }
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}


def parse_box(box: str) -> tuple[int, int, int]:
    """Read one box of a path: its corner and its width."""
    corner, width, _ = box.replace("h", "v", 1).split("v", 2)
    x, y = corner.split(" ")
    return int(x), int(y), int(width)


def raster(matrix, scale: int = 8, margin: int = 4) -> Image.Image:
    """Draw a code as a printer would: black on white with a margin."""
    side = (len(matrix) + 2 * margin) * scale
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + margin) * scale, (y + margin) * scale
                image.paste(0, (left, top, left + scale, top + scale))
    return image
