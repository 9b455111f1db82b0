"""The register of shops: taken in by two people, changed, suspended, ended."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import DRAFT
from app.areas.queries import find_area
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from shops.errors import ShopCodeTaken, TradingBarred
from shops.models import APPROVED, Shop
from shops.opening import load_shop
from subsidies import services as ledger

CHANGEABLE = (
    "name",
    "name_en",
    "address",
    "agreement_number",
    "agreement_from",
    "agreement_expires_on",
    "weekdays",
    "opens_at",
    "closes_at",
)


def ask_shop(session: Session, *, code: str, sort: str, area_code: str, by: Actor, now: datetime, **about: Any) -> Shop:
    """Write a shop down for the register; it trades once somebody else has signed.

    :raises Invalid: if the place lies outside the caller's areas, or the agreement ended
    :raises ShopCodeTaken: if another shop has the code
    """
    if not is_within_any(area_code, by.area_codes) or find_area(session, area_code) is None:
        raise Invalid(errors={"area_code": [_l("This place lies outside your area.")]})
    _check_terms(about, today=business_day(now))
    shop = Shop(
        code=code,
        sort=sort,
        area_code=area_code,
        state=DRAFT,
        maker_id=by.account_id,
        trading_since=now,
        created_at=now,
        **about,
    )
    approvals.submit(shop, by=by.account_id, now=now)
    try:
        with session.begin_nested():
            session.add(shop)
    except IntegrityError as error:
        raise ShopCodeTaken(errors={"code": [ShopCodeTaken.detail]}) from error
    _note(session, "shop.asked", shop, by=by, now=now, new={"code": code, "name": shop.name})
    return shop


def approve_shop(session: Session, *, shop_id: int, by: Actor, now: datetime) -> Shop:
    """Take a shop into the register that somebody else wrote down, and give it an account to be paid on.

    :raises ShopNotFound: if there is none among the caller's
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller wrote it down
    """
    shop = load_shop(session, shop_id=shop_id, actor=by, lock=True)
    approvals.check_deciding(shop, by=by.account_id)
    shop.merchant_account = ledger.open_account(
        session, kind="merchant", area_code=shop.area_code, owner_ref=f"shop:{shop.code}", name=shop.name
    )
    approvals.approve(shop, state=APPROVED, by=by.account_id, now=now)
    shop.trading_since = now
    session.flush()
    _note(session, "shop.approved", shop, by=by, now=now, new={"code": shop.code})
    return shop


def reject_shop(session: Session, *, shop_id: int, reason: str, by: Actor, now: datetime) -> Shop:
    """Do not take a shop in, and say why.

    :raises ShopNotFound: if there is none among the caller's
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller wrote it down
    """
    shop = load_shop(session, shop_id=shop_id, actor=by, lock=True)
    approvals.reject(shop, reason=reason, by=by.account_id, now=now)
    session.flush()
    _note(session, "shop.rejected", shop, by=by, now=now, reason=reason)
    return shop


def decide_shop(session: Session, *, shop_id: int, is_right: bool, reason: str = "", by: Actor, now: datetime) -> Shop:
    """Sign a shop that somebody else wrote down, or do not take it in and say why.

    :raises ShopNotFound: if there is none among the caller's
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller wrote it down
    :raises Invalid: if it is refused without a reason
    """
    if is_right:
        return approve_shop(session, shop_id=shop_id, by=by, now=now)
    if len(reason) < 2:
        raise Invalid(errors={"reason": [_l("Say why, in a few words.")]})
    return reject_shop(session, shop_id=shop_id, reason=reason, by=by, now=now)


def change_shop(session: Session, *, shop_id: int, by: Actor, now: datetime, **about: Any) -> Shop:
    """Change what may change of a shop: its names, its agreement, when it opens.

    :raises ShopNotFound: if there is none among the caller's
    :raises TradingBarred: if it ended or was not taken in
    :raises Invalid: if the agreement ends before it begins
    """
    shop = load_shop(session, shop_id=shop_id, actor=by, lock=True)
    if shop.state != APPROVED or shop.trading == "ended":
        raise TradingBarred
    terms = {name: about.get(name, getattr(shop, name)) for name in CHANGEABLE}
    _check_terms(terms, today=None)
    old = {name: getattr(shop, name) for name in CHANGEABLE if name in about and getattr(shop, name) != about[name]}
    for name in old:
        setattr(shop, name, about[name])
    session.flush()
    if old:
        _note(session, "shop.changed", shop, by=by, now=now, old=_plain(old), new=_plain({n: about[n] for n in old}))
    return shop


def set_trading(session: Session, *, shop_id: int, trading: str, words: str, by: Actor, now: datetime) -> Shop:
    """Suspend a shop, let it go on, or end it; what ended stays so.

    :raises ShopNotFound: if there is none among the caller's
    :raises TradingBarred: if it ended or was not taken in
    :raises Invalid: if no reason is given for stopping
    """
    shop = load_shop(session, shop_id=shop_id, actor=by, lock=True)
    if shop.state != APPROVED or shop.trading == "ended":
        raise TradingBarred
    if trading != "open" and len(words) < 2:
        raise Invalid(errors={"words": [_l("Say why, in a few words.")]})
    old = shop.trading
    shop.trading, shop.trading_words, shop.trading_since = trading, "" if trading == "open" else words, now
    session.flush()
    _note(session, f"shop.{trading}", shop, by=by, now=now, old={"state": old}, new={"state": trading}, reason=words)
    return shop


def _check_terms(terms: Mapping[str, Any], *, today: date | None) -> None:
    """Refuse hours and agreements that end before they begin.

    :raises Invalid: with the field
    """
    if terms["agreement_expires_on"] < terms["agreement_from"]:
        raise Invalid(errors={"agreement_expires_on": [_l("The last day must come after the first.")]})
    if today is not None and terms["agreement_expires_on"] < today:
        raise Invalid(errors={"agreement_expires_on": [_l("This day is over. Choose today or a later day.")]})
    if terms["closes_at"] <= terms["opens_at"]:
        raise Invalid(errors={"closes_at": [_l("The shop closes after it opens.")]})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | list) else str(value) for name, value in values.items()}


def _note(session: Session, action: str, shop: Shop, *, by: Actor, now: datetime, **more: Any) -> None:
    subject = f"shop:{shop.id}"
    audit.record(session, actor=by, action=action, subject=subject, area_code=shop.area_code, now=now, **more)
