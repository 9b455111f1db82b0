"""Booking what a till sold while nobody could be asked: a meal that was eaten is never refused.

It is booked as the till decided it. Where the server would have decided otherwise, that is written down beside it,
and becomes a finding that people look at. Points that are no longer there are not taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.queries import find_worked_at
from app.clock import business_day
from app.idempotency import Key
from app.people.payment_codes.queries import find_card_behind
from app.people.payment_codes.rules import Fault, is_code
from meals import booking, telling
from meals.deciding import find_refusal
from meals.errors import REFUSED_CODES, CardUnknown
from meals.opening import Opening, open_sale
from meals.roles import SELLERS
from meals.sale import Bill
from meals.tills import checks
from meals.tills.conflicts import Conflict
from meals.tills.door import Device, acting, find_neighbour
from meals.tills.judging import Judged, judge_sale, settle_moment, shown_otherwise
from meals.tills.limits import find_outlived, limit_conflicts
from meals.tills.models import TillUpload
from meals.tills.roster import version_moment
from meals.tills.rules import TillRules
from meals.tills.sent import SentSale, SentUndo, Unreadable, online_key, read_sent, storable
from meals.tills.undoing import carry_waiting, take_undo
from subsidies import queries as ledger_queries

BOOKED, REPLAYED, REFUSED_SHAPE = "booked", "replayed", "refused_shape"
# One after the other for each device: the same batch sent twice at once, a sale and its undoing.
LOCK = text("SELECT id FROM till_device WHERE id = :id FOR NO KEY UPDATE")
OTHER_CONTENT = _l("This id came before with other content.")
FOREIGN = _l("The device that sold this stands in another canteen.")
NOBODY = _l("Nobody has this card or code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a device is told about one thing it sent."""

    id: Any
    outcome: str
    receipt: Mapping[str, Any] | None = None
    conflicts: Sequence[Conflict] = ()
    errors: Mapping[str, Any] | None = None


def take(session: Session, raw: Any, *, device: Device, rules: TillRules | None, now: datetime) -> Told:
    """Book one thing that a device sent, once; or say again what was said of it.

    :raises InFlight: if its guest is being served elsewhere for too long; nothing was booked
    """
    session.execute(LOCK, {"id": device.id})
    raw = storable(raw)
    sent = read_sent(raw)
    if isinstance(sent, Unreadable):
        return _keep(session, sent, device=device, now=now)
    seen = session.get(TillUpload, sent.id)
    if seen is None:
        seller = find_neighbour(session, device_id=sent.device, of=device)
        if seller is None:
            foreign = Unreadable(given_id=str(sent.id), errors={"device": [str(FOREIGN)]}, raw=raw)
            return _keep(session, foreign, device=device, now=now)
        return _take_new(session, sent, raw, device=seller, rules=rules, now=now)
    if seen.fingerprint == sent.fingerprint:
        return _tell_again(session, seen)
    other = Unreadable(given_id=str(sent.id), errors={"id": [str(OTHER_CONTENT)]}, raw=raw)
    return _keep(session, other, device=device, now=now)


def _take_new(
    session: Session, sent: SentSale | SentUndo, raw: Any, *, device: Device, rules: TillRules | None, now: datetime
) -> Told:
    by, conflicts = _find_seller(session, sent.cashier, device)
    if isinstance(sent, SentUndo):
        done = take_undo(session, sent, device=device, by=by, now=now)
        conflicts += done.conflicts
        about: dict[str, Any] = {"undoes": sent.undoes, "home": done.home, "body": {"reason": sent.reason}}
        if done.key:
            about |= {"outcome": REPLAYED, "body": {"reason": sent.reason, "key": done.key}}
        return _note(session, _row(sent, device, now, conflicts=conflicts, **about), receipt=done.receipt)
    at, doubts = settle_moment(sent, device=device, now=now)
    opening = _open(session, sent, device=device, at=at)
    if opening.senior is None:
        return _keep_for_nobody(session, sent, raw, opening, device=device, now=now)
    online = _sold_online(opening)
    if online is not None:
        body = {"checkout": online["id"], "key": online_key(sent)}
        conflicts += shown_otherwise(sent.quote, online)
        row = _row(sent, device, now, outcome=REPLAYED, home=opening.home, body=body, conflicts=conflicts)
        return _note(session, row, receipt=online)
    refusal = find_refusal(opening, at=at)
    conflicts += [*doubts, *([{"code": refusal.code}] if refusal else []), *_forgotten(sent, opening)]
    conflicts += find_outlived(sent, device)
    judged = judge_sale(session, sent, opening, bill=_bill(sent, device, at), at=at, now=now)
    receipt, used = _book(session, sent, judged, by=by, device=device, now=now)
    conflicts += [*used, *judged.conflicts]
    conflicts += limit_conflicts(session, sent, judged.priced, device=device, rules=rules, at=at)
    told = _note(session, _row(sent, device, now, home=opening.home, conflicts=conflicts), receipt=receipt)
    carry_waiting(session, sent.id, device=device, by=by, now=now)
    return told


def _book(
    session: Session, sent: SentSale, judged: Judged, *, by: Actor, device: Device, now: datetime
) -> tuple[Mapping[str, Any], list[Conflict]]:
    told = {"device": device.id, "number": sent.seq, "offline": sent.is_offline}
    priced = replace(judged.priced, decided_by=told)
    key = Key(f"till:{sent.id}", sent.fingerprint)
    sale = booking.Sale(priced=priced, id=sent.id, key=key, by=by, now=now)
    # A code that another till used before was told by its refusal; one that is used this very moment is found here.
    refusal = booking.use_code(session, sale) if _is_unused(priced.opening) else None
    answered = booking.book(session, sale)
    if priced.opening.fingerprint is None:
        booking.answer_first_try(session, sale, key=online_key(sent))
    if priced.opening.is_followed:
        telling.tell_sale(session, sale)
    return answered.body, [{"code": refusal.code}] if refusal else []


def _is_unused(opening: Opening) -> bool:
    return getattr(opening.shown, "used_at", None) is None


def _open(session: Session, sent: SentSale, *, device: Device, at: datetime) -> Opening:
    """Lock the guest's book and read what the server knows; the key is that of a sale sent online."""
    asked: dict[str, Any] = {
        "canteen_id": device.canteen_id,
        "till_id": device.till_id,
        "on": business_day(at),
        "dish_ids": [item.dish_id for item in sent.items],
        "key": online_key(sent),
        "lock": True,
    }
    opening = open_sale(session, card=sent.card, **asked)
    if opening.senior is None and is_code(sent.card):
        card = find_card_behind(session, text=sent.card)
        opening = replace(open_sale(session, card=card, **asked), shown=None) if card else opening
    assert opening.canteen is not None
    return replace(opening, canteen={**opening.canteen, "till_number": device.till_number})


def _forgotten(sent: SentSale, opening: Opening) -> list[Conflict]:
    """Name a code that we signed and no longer know: whether it was used elsewhere, nobody can say."""
    return [{"code": "code_unknown"}] if is_code(sent.card) and opening.shown is None else []


def _sold_online(opening: Opening) -> Mapping[str, Any] | None:
    """Return the receipt of a sale that came under this id before it was queued."""
    answer = opening.answer
    return answer if opening.fingerprint is not None and answer and "refused" not in answer else None


def _find_seller(session: Session, account_id: int, device: Device) -> tuple[Actor, list[Conflict]]:
    """Return who stood at the till; a name that never worked here is not believed, and the sale stands."""
    worked = find_worked_at(session, account_id=account_id, canteen_id=device.canteen_id, roles=SELLERS)
    if worked is None:
        return acting(device, account_id=device.enrolled_by), [{"code": "cashier_unknown"}]
    return acting(device, account_id=account_id), [] if worked else [{"code": "cashier_unknown"}]


def _bill(sent: SentSale, device: Device, at: datetime) -> Bill:
    return Bill(
        card=sent.card,
        canteen_id=device.canteen_id,
        till_id=device.till_id,
        items=tuple((item.dish_id, item.count) for item in sent.items),
        amount_fen=sent.amount_fen,
        occurred_at=at,
    )


def _tell_again(session: Session, seen: TillUpload) -> Told:
    """Say again what was said of a sale; its receipt lies with the guest's answers."""
    receipt = None
    if seen.home is not None:
        key = (seen.body or {}).get("key", f"till:{seen.id}")
        told = ledger_queries.find_answer(session, home=seen.home, key=key)
        receipt = told.response if told else None
    return Told(id=str(seen.id), outcome=REPLAYED, receipt=receipt, conflicts=seen.conflicts)


def _keep_for_nobody(
    session: Session, sent: SentSale, raw: Any, opening: Opening, *, device: Device, now: datetime
) -> Told:
    why = REFUSED_CODES[opening.shown].code if isinstance(opening.shown, Fault) else CardUnknown.code
    nobody = Unreadable(given_id=str(sent.id), errors={"card": [str(NOBODY)]}, raw=raw)
    return _keep(session, nobody, device=device, now=now, conflict={"code": "nobody", "why": why})


def _keep(
    session: Session, sent: Unreadable, *, device: Device, now: datetime, conflict: Conflict | None = None
) -> Told:
    """Keep as it came what cannot be booked, once, for people to look at."""
    conflicts = [conflict or {"code": "unreadable"}]
    if session.get(TillUpload, sent.id) is None:
        row = TillUpload(
            id=sent.id,
            device_id=device.id,
            seq=sent.seq,
            kind="other",
            outcome=REFUSED_SHAPE,
            fingerprint=sent.fingerprint,
            is_offline=False,
            clock_suspect=False,
            received_at=now,
            conflicts=conflicts,
            body={"sent": sent.raw},
        )
        _note(session, row)
    return Told(id=sent.given_id, outcome=REFUSED_SHAPE, conflicts=conflicts, errors=sent.errors)


def _row(sent: SentSale | SentUndo, device: Device, now: datetime, **others: Any) -> TillUpload:
    is_sale = isinstance(sent, SentSale)
    return TillUpload(
        id=sent.id,
        device_id=device.id,
        seq=sent.seq,
        kind="sale" if is_sale else "undo",
        fingerprint=sent.fingerprint,
        price_fen=sent.quote.price_fen if isinstance(sent, SentSale) else 0,
        is_offline=sent.is_offline,
        clock_suspect=sent.clock_suspect,
        said_at=sent.occurred_at,
        roster_at=version_moment(sent.roster_version or "") if isinstance(sent, SentSale) else None,
        received_at=now,
        **{"outcome": BOOKED, "conflicts": [], **others},
    )


def _note(session: Session, row: TillUpload, *, receipt: Mapping[str, Any] | None = None) -> Told:
    """Write down what came, and let people know what is to be looked at."""
    if row.seq is not None:
        query = select(TillUpload.id).where(TillUpload.device_id == row.device_id, TillUpload.seq == row.seq).limit(1)
        if row.outcome != REFUSED_SHAPE and session.scalar(query) is not None:
            row.conflicts = [*row.conflicts, {"code": "seq_reused", "seq": row.seq}]
    session.add(row)
    session.flush()
    if row.conflicts:
        checks.report(session, upload_id=row.id, now=row.received_at)
    return Told(id=str(row.id), outcome=row.outcome, receipt=receipt, conflicts=row.conflicts)
