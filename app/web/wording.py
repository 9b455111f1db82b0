"""How pages write numbers, money, days and lists, in both languages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import local
from app.money import yuan
from app.web.language import CHINESE, ENGLISH, current_language

NARROW_SPACE = "\u202f"
SIZE_NAMES = {"normal": _l("normal"), "elder": _l("large"), "max": _l("largest")}
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
MONTHS = ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月")
PAYER_COLOURS = {"cash": "self", "unpaid": "self"}


def group(number: int) -> str:
    """Write a whole number in groups of three: 84 216."""
    return f"{number:,}".replace(",", NARROW_SPACE)


def group_yuan(amount_fen: int) -> str:
    """Write fen as yuan in groups of three, without unit: 6 428.00."""
    whole, _point, decimals = yuan(amount_fen).partition(".")
    return f"{group(int(whole))}.{decimals}" if whole not in ("-0", "0") else f"{whole}.{decimals}"


def card_number(number: str) -> str:
    """Write a card number in groups of four: 6021 8840 3317 0425 904."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def day(value: date | datetime) -> str:
    """Write a day with its weekday: 11月21日 星期六; Sat 21 Nov."""
    when = _day_of(value)
    return when.strftime("%a %-d %b") if _is_english() else f"{when.month}月{when.day}日 {WEEKDAYS[when.weekday()]}"


def short_day(value: date | datetime) -> str:
    """Write a day without weekday: 11月21日; 21 Nov."""
    when = _day_of(value)
    return when.strftime("%-d %b") if _is_english() else f"{when.month}月{when.day}日"


def full_day(value: date | datetime) -> str:
    """Write a day with its year: 2026年11月21日; 21 Nov 2026."""
    when = _day_of(value)
    return when.strftime("%-d %b %Y") if _is_english() else f"{when.year}年{when.month}月{when.day}日"


def month_name(month: date) -> str:
    """Write a month as a title does: 十一月; November."""
    return month.strftime("%B") if _is_english() else MONTHS[month.month - 1]


def in_language(words: Mapping[str, Any]) -> Any:
    """Return the side of what is kept in both languages that this request reads."""
    return words[ENGLISH if _is_english() else CHINESE]


def clock_time(value: datetime) -> str:
    """Write the time of day: 11:48."""
    return local(value).strftime("%H:%M")


def clock_second(value: datetime) -> str:
    """Write the time of day to the second: 11:48:07, where seconds count."""
    return local(value).strftime("%H:%M:%S")


def moment(value: datetime) -> str:
    """Write day and time: 11月21日 11:48."""
    return f"{short_day(value)} {clock_time(value)}"


def full_moment(value: datetime) -> str:
    """Write day, year and time to the second: 2026-11-21 11:48:07, for logs."""
    return local(value).strftime("%Y-%m-%d %H:%M:%S")


def join(words: Sequence[str]) -> str:
    """Write a list: 市、区、街道; city, district, street."""
    return (", " if _is_english() else "、").join(words)


def join_steps(steps: Sequence[str]) -> str:
    """Write steps of a reasoning in one line: 满 10 元补 6 元；付现金 4 元."""
    return ("; " if _is_english() else "；").join(steps)


def payer_colour(kind: str) -> str:
    """Return the colour of a payer in bars and legends."""
    return PAYER_COLOURS.get(kind, kind)


def text_size_label(size: str, following: str) -> str:
    """Say the present text size, and what the button makes of it."""
    return str(_("Text size: %(now)s. Press for %(next)s", now=SIZE_NAMES[size], next=SIZE_NAMES[following]))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "yuan": yuan,
    "group": group,
    "group_yuan": group_yuan,
    "card_number": card_number,
    "day": day,
    "short_day": short_day,
    "full_day": full_day,
    "month_name": month_name,
    "in_language": in_language,
    "clock_time": clock_time,
    "clock_second": clock_second,
    "moment": moment,
    "full_moment": full_moment,
    "payer_colour": payer_colour,
    "join_words": join,
    "join_steps": join_steps,
}


def _day_of(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def _is_english() -> bool:
    return current_language() == ENGLISH
