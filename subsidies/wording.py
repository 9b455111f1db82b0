"""The ledger in words: names of accounts, kinds of movements, and why each happened, in both languages."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.money import yuan

ACCOUNT_KIND_NAMES: dict[str, Any] = {
    "wallet": _l("Guests' points"),
    "city": _l("City"),
    "district": _l("District"),
    "street": _l("Street"),
    "community": _l("Community"),
    "charity": _l("Charity"),
    "merchant": _l("Canteens and services"),
    "expired": _l("Expired points"),
    "receivable": _l("To be paid back"),
}
MOVEMENT_NAMES: dict[str, Any] = {
    "grant": _l("Points granted"),
    "spend": _l("Payment"),
    "reversal": _l("Given back"),
    "expiry": _l("Ended"),
    "claw_back": _l("Claimed back"),
    "offset": _l("Debt paid by points given back"),
}

Explanation = Mapping[str, Sequence[str]]
# Names of places in both languages, by code as the cause has it.
PlaceNames = Mapping[str, Mapping[str, str]]
Explainer = Callable[[Mapping[str, Any], PlaceNames], Explanation]
PlaceFinder = Callable[[Mapping[str, Any]], Collection[str]]
_explainers: dict[str, tuple[Explainer, PlaceFinder | None]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a movement's explanation is made of."""

    kind: str
    cause: Mapping[str, Any]
    change_fen: int
    public_fen: int
    good_until: Sequence[date]
    # Of points that ended: how much, and their last good days.
    ended_fen: int = 0
    ended_on: Sequence[date] = ()
    places: PlaceNames = field(default_factory=dict)


def register_explainer(what: str, explainer: Explainer, *, places: PlaceFinder | None = None) -> None:
    """Let a feature tell its causes in words: those whose ``what`` is this one.

    :param places: lists the places that a cause names by their codes; whoever reads it looks up their names
    """
    _explainers[what] = (explainer, places)


def places_in(cause: Mapping[str, Any]) -> Collection[str]:
    """List the places that a cause names by their codes."""
    _explainer, places = _explainers.get(str(cause.get("what")), (None, None))
    return places(cause) if places else ()


def explain(told: Told) -> Explanation:
    """Tell in both languages what happened, then why, as the cause or the feature behind it says."""
    zh, en = _headline(told)
    behind = _behind(told.cause, told.places)
    return {"zh": [zh, *behind.get("zh", ())], "en": [en, *behind.get("en", ())]}


def account_name(kind: str, name: str) -> Any:
    """Return what an account is called; the one behind all wallets has its name in both languages."""
    return ACCOUNT_KIND_NAMES["wallet"] if kind == "wallet" else name


def _behind(cause: Mapping[str, Any], places: PlaceNames) -> Explanation:
    if isinstance(cause.get("explanation"), Mapping):
        found: Explanation = cause["explanation"]
        return found
    explainer, _places = _explainers.get(str(cause.get("what")), (None, None))
    return explainer(cause, places) if explainer else {}


def _headline(told: Told) -> tuple[str, str]:
    if told.kind == "grant":
        return _grant(told)
    if told.kind == "expiry":
        return _expiry(told)
    points, public = yuan(abs(told.change_fen)), yuan(abs(told.public_fen))
    if told.kind == "spend":
        zh = [f"用分 {points} 元"] if told.change_fen else []
        en = [f"{points} yuan in points"] if told.change_fen else []
        zh += [f"公共补贴 {public} 元"] if told.public_fen else []
        en += [f"{public} yuan of public money"] if told.public_fen else []
        return "，".join(zh), f"Paid: {', '.join(en)}"
    if told.kind == "claw_back":
        return _claw_back(told, points, public)
    if told.kind == "offset":
        return (
            f"退回的分里有 {points} 元早已追回，抵掉欠款",
            f"{points} yuan of the points given back pay what was owed",
        )
    return _reversal(told, points, public)


def _claw_back(told: Told, points: str, owed: str) -> tuple[str, str]:
    """Tell what was claimed back: of the points that were left, and of those already spent."""
    zh = [f"追回分 {points} 元"] if told.change_fen else []
    en = [f"{points} yuan in points claimed back"] if told.change_fen else []
    zh += [f"已用掉的 {owed} 元要退还"] if told.public_fen else []
    en += [f"{owed} yuan already spent to be paid back"] if told.public_fen else []
    return "，".join(zh), ", ".join(en)


def _grant(told: Told) -> tuple[str, str]:
    until_zh = f"，用到 {told.good_until[-1].isoformat()}" if told.good_until else ""
    until_en = f", good until {told.good_until[-1].isoformat()}" if told.good_until else ""
    points = yuan(told.change_fen)
    return f"发分 {points} 元{until_zh}", f"Granted {points} yuan in points{until_en}"


def _expiry(told: Told) -> tuple[str, str]:
    points = yuan(told.ended_fen)
    day = told.ended_on[-1].isoformat() if told.ended_on else ""
    if not told.good_until:
        return f"{points} 元分用到 {day} 为止，没有用完，到期作废", f"{points} yuan in points ended on {day}, unused"
    until = told.good_until[-1].isoformat()
    return (
        f"{points} 元分用到 {day} 为止，没用完的转为专项分，用到 {until}",
        f"{points} yuan in points ended on {day}; they were moved to pay for certain services until {until}",
    )


def _reversal(told: Told, points: str, public: str) -> tuple[str, str]:
    zh, en = [], []
    if told.change_fen > 0:
        zh.append(f"退回分 {points} 元")
        en.append(f"{points} yuan in points given back")
    elif told.change_fen < 0:
        zh.append(f"收回发错的分 {points} 元")
        en.append(f"{points} yuan in points taken back that were granted by mistake")
    if told.public_fen:
        zh.append(f"退还公共补贴 {public} 元")
        en.append(f"{public} yuan of public money returned")
    if told.change_fen > 0 and told.good_until:
        zh.append(f"最晚用到 {told.good_until[-1].isoformat()}")
        en.append(f"good until {told.good_until[-1].isoformat()} at the latest")
    return "，".join(zh), ", ".join(en)
