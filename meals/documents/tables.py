"""Meal policy documents as tables that a clerk reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import get_locale, gettext

from app.money import yuan
from app.policies.kinds import Table
from meals.documents.reading import when_terms
from meals.pricing.discount import tier_facts
from meals.wording import MEALS, PAYERS, Words, band_words, discount_words

Loaded = Mapping[str, Any]


def discount_tables(loaded: Loaded) -> Sequence[Table]:
    """Put a ``meal_discount`` body into tables."""
    return (
        _windows(loaded["windows"]),
        _bands(loaded["bands"]),
        Table(
            part="payers",
            title=gettext("Who bears what the guest does not pay"),
            columns=(gettext("Payer"), gettext("Share"), gettext("Remainder of rounding")),
            rows=tuple(payer_row(share, alone=len(loaded["payers"]) == 1) for share in loaded["payers"]),
        ),
        limits_table(loaded.get("limits", ())),
        _rounding(loaded.get("rounding", {})),
        _points(loaded.get("points", {})),
    )


def sale_rules_tables(loaded: Loaded) -> Sequence[Table]:
    """Put a ``sale_rules`` body into a table for each rule, so that each shows its own mark."""
    hours, days = loaded["upload_within_hours"], (loaded["manager_reversal_days"], loaded["refund_grace_days"])
    rules = (
        ("upload_within_hours", gettext("A sale made offline may be sent in for"), gettext("%(n)s hours", n=hours)),
        ("manager_reversal_days", gettext("A manager may undo a sale for"), gettext("%(n)s days", n=days[0])),
        (
            "refund_grace_days",
            gettext("Points that expired before the meal was undone live on for"),
            gettext("%(n)s days", n=days[1]),
        ),
    )
    columns = (gettext("Rule"), gettext("How long"))
    return tuple(Table(part=key, title=label, columns=columns, rows=((label, limit),)) for key, label, limit in rules)


def _say(words: Words) -> str:
    """Choose the language of the reader."""
    return words.en if str(get_locale() or "").startswith("en") else words.zh


def _windows(windows: Sequence[Loaded]) -> Table:
    return Table(
        part="windows",
        title=gettext("Meal times"),
        columns=(gettext("Meal"), gettext("From"), gettext("Until")),
        rows=tuple(
            (_say(MEALS[window["name"]]), _clock(window["from_minute"]), _clock(window["until_minute"]))
            for window in windows
        ),
    )


def _bands(bands: Sequence[Loaded]) -> Table:
    return Table(
        part="bands",
        title=gettext("Tiers, the first that fits counts"),
        columns=(gettext("For whom"), gettext("Discount"), gettext("Conditions")),
        rows=tuple((tell_whom(band), _discount(band), _conditions(band)) for band in bands),
    )


def tell_whom(band: Loaded) -> str:
    """Say for whom a band is."""
    when = band.get("when", {})
    # The label does not depend on the document's own area, only on whether an area is asked for at all.
    label = _say(band_words(tier_facts(when_terms(when, "330100"))))
    named = [str(when[key]) for key in ("hukou", "residence") if when.get(key) not in {None, True}]
    return f"{label} ({', '.join(named)})" if named else label


def _discount(band: Loaded) -> str:
    if "off_fen" in band:
        return str(gettext("%(amount)s yuan off", amount=yuan(band["off_fen"])))
    if "guest_pays_fen" in band:
        return str(gettext("the guest pays %(amount)s yuan", amount=yuan(band["guest_pays_fen"])))
    if not band:
        return str(gettext("full price"))
    percent = band["guest_pays_percent"] if "guest_pays_percent" in band else 100 - band["off_percent"]
    words = _say(discount_words(percent))
    return str(gettext("%(discount)s, the guest pays %(percent)s%%", discount=words, percent=percent))


def _conditions(band: Loaded) -> str:
    said = []
    if "minimum_bill_fen" in band:
        said.append(gettext("from a bill of %(amount)s yuan", amount=yuan(band["minimum_bill_fen"])))
    if "off_at_most_fen" in band:
        said.append(gettext("at most %(amount)s yuan off", amount=yuan(band["off_at_most_fen"])))
    if "price_cap_fen" in band:
        said.append(gettext("on the first %(amount)s yuan of the bill", amount=yuan(band["price_cap_fen"])))
    if "set_meal" in band:
        cap = yuan(band["set_meal"]["price_at_most_fen"])
        said.append(gettext("for one set meal of up to %(amount)s yuan", amount=cap))
    if "payers" in band:
        shares = ", ".join(f"{_say(PAYERS[share['payer']])} {share['percent']}%" for share in band["payers"])
        said.append(gettext("borne by %(shares)s", shares=shares))
    return "; ".join(said)


def payer_row(share: Loaded, *, alone: bool) -> tuple[str, ...]:
    """Put a payer's share into a row."""
    takes = gettext("takes it") if alone or share.get("remainder") else ""
    return _say(PAYERS[share["payer"]]), f"{share['percent']}%", takes


def limits_table(limits: Sequence[Loaded]) -> Table:
    """Put counters into a table."""
    return Table(
        part="limits",
        title=gettext("Limits for one guest"),
        columns=(gettext("How often"), gettext("At most"), gettext("When less is left than a meal needs")),
        rows=tuple(_limit(limit) for limit in limits),
    )


def _limit(limit: Loaded) -> tuple[str, ...]:
    period = {"window": gettext("each meal"), "day": gettext("each day"), "month": gettext("each month")}[limit["per"]]
    if "subsidised" in limit:
        return period, gettext("%(count)s subsidised meals", count=limit["subsidised"]), ""
    partly = gettext("gives nothing") if limit.get("partly") == "none" else gettext("gives the rest")
    return period, gettext("%(amount)s yuan of public money", amount=yuan(limit["public_fen"])), partly


def _rounding(rounding: Loaded) -> Table:
    modes = {"half_up": gettext("half and more up"), "down": gettext("always down"), "up": gettext("always up")}
    return Table(
        part="rounding",
        title=gettext("What the guest pays is rounded"),
        columns=(gettext("To whole"), gettext("How")),
        rows=(
            (
                gettext("%(amount)s yuan", amount=yuan(rounding.get("unit_fen", 1))),
                modes[rounding.get("mode", "half_up")],
            ),
        ),
    )


def _points(points: Loaded) -> Table:
    percent = points.get("may_pay_percent", 100)
    of = gettext("of the price") if points.get("of") == "price" else gettext("of the guest's part")
    return Table(
        part="points",
        title=gettext("Points"),
        columns=(gettext("May pay"), gettext("Of what")),
        rows=((f"{percent}%", of),),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
