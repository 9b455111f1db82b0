"""Writes what was decided: the ledger's movement of a visit and the payment beside it, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import Level, ancestors, level_of
from app.auth import Actor
from app.clock import business_day
from app.idempotency import fingerprint
from app.tokens import new_id
from care_beds.money.deciding import Decided
from care_beds.money.models import VisitPayment
from care_beds.money.payable import Visit
from care_beds.money.terms import Funder, Payer, Share, share_out
from subsidies import services as ledger

# Care beds have purses of their own beside those of meals: what each owes is settled apart.
OWNER, PURSE = "care_beds", "养老床位补贴资金"
VISIT, VISIT_BACK = "visit", "visit_undone"


class Purses:
    """The accounts of those who pay subsidies in some places, each opened or found once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[Funder, str], int] = {}

    def legs(self, area_code: str, shares: Sequence[Share]) -> list[tuple[int, int]]:
        """Return the accounts of shares, and what each pays."""
        return [(self._account(area_code, share.funder), share.amount_fen) for share in shares]

    def _account(self, area_code: str, funder: Funder) -> int:
        place = _place_of(area_code, funder)
        if (funder, place) not in self._known:
            named = find_names(self._session, [place])
            name = f"{named[place].name if place in named else place}{PURSE}"
            self._known[funder, place] = ledger.open_account(
                self._session, kind=funder, area_code=place, owner_ref=OWNER, name=name
            )
        return self._known[funder, place]


def book_visits(
    session: Session, decided: Sequence[Decided], *, purses: Purses, by: Actor | None, now: datetime
) -> None:
    """Post visits to the ledger and write down who paid them. Called under the locks of their books."""
    rows = [_book(session, each, purses=purses, by=by, now=now) for each in decided]
    if rows:
        session.execute(insert(VisitPayment), rows)


def shares_document(shares: Sequence[Share]) -> list[dict[str, Any]]:
    """Return shares as they are kept."""
    return [{"funder": str(share.funder), "amount_fen": share.amount_fen} for share in shares]


def give_back(
    session: Session,
    *,
    home: int,
    key: str,
    what: str,
    reverses: UUID,
    about: Mapping[str, Any],
    grace_days: int,
    by: Actor | None,
    now: datetime,
) -> UUID:
    """Reverse a movement of the money of care beds, once for each key, and return the reversal."""
    reversal_id = new_id()
    answered = ledger.reverse(
        session,
        home=home,
        key=key,
        fingerprint=fingerprint(what, key),
        txn_id=reversal_id,
        reverses=reverses,
        grace_days=grace_days,
        cause={"what": what, **about},
        response={"id": str(reversal_id)},
        actor=str(by.account_id) if by else "",
        device=by.device if by else "",
        occurred_at=now,
        occurred_on=business_day(now),
        now=now,
    )
    assert answered.txn_id is not None
    return answered.txn_id


def visit_about(visit: Visit, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what names a visit in the cause of a movement."""
    return {
        "visit": visit.id,
        "visit_on": visit.on.isoformat(),
        "bed": visit.bed_id,
        "bed_number": visit.bed_number,
        "provider": visit.provider_id,
        "names": dict(names),
    }


def _book(session: Session, decided: Decided, *, purses: Purses, by: Actor | None, now: datetime) -> dict[str, Any]:
    visit, charge = decided.visit, decided.charge
    is_subsidised = charge.payer is Payer.BED_SUBSIDY
    shares = share_out(decided.terms.funders, charge.price_fen) if is_subsidised else ()
    policies = [decided.terms.document_id, decided.catalogue_id]
    reasons = [reason.as_json() for reason in charge.reasons]
    row = {
        "visit_id": visit.id,
        "senior_id": visit.senior_id,
        "bed_id": visit.bed_id,
        "provider_id": visit.provider_id,
        "area_code": visit.area_code,
        "visit_on": visit.on,
        "service": visit.service,
        "payer": str(charge.payer),
        "present_minutes": charge.present_minutes,
        "minutes": charge.minutes,
        "price_fen": charge.price_fen,
        "shares": shares_document(shares),
        "facts": decided.facts_document(),
        "reasons": reasons,
        "policy_ids": policies,
        "txn_id": None,
        "paid_at": now,
        "paid_by": by.account_id if by else None,
    }
    if is_subsidised or charge.payer is Payer.POINTS:
        legs = purses.legs(visit.area_code, shares)
        row["txn_id"] = _spend(session, decided, legs=legs, policies=policies, reasons=reasons, by=by, now=now)
    return row


def _spend(
    session: Session,
    decided: Decided,
    *,
    legs: Sequence[tuple[int, int]],
    policies: Sequence[int],
    reasons: Sequence[Mapping[str, Any]],
    by: Actor | None,
    now: datetime,
) -> UUID:
    visit, charge = decided.visit, decided.charge
    about = visit_about(visit, decided.facts.names)
    answered = ledger.spend(
        session,
        home=visit.senior_id,
        key=f"visit:{visit.id}",
        fingerprint=fingerprint(VISIT, visit.id),
        txn_id=new_id(),
        merchant_account=visit.merchant_account,
        points_fen=charge.price_fen if charge.payer is Payer.POINTS else 0,
        purpose=decided.purpose,
        legs=legs,
        cause={"what": VISIT, **about, "policies": policies, "reasons": reasons},
        response={"visit": visit.id, "price_fen": charge.price_fen},
        actor=str(by.account_id) if by else "",
        device=by.device if by else "",
        occurred_at=decided.facts.finished_at,
        occurred_on=visit.on,
        now=now,
    )
    # The points were counted under the lock that still holds: there is nothing that could refuse them.
    assert answered.txn_id is not None
    return answered.txn_id


def _place_of(area_code: str, funder: Funder) -> str:
    """Return the place whose purse a funder is for somebody in an area: charities give for a whole city."""
    level = Level.CITY if funder is Funder.CHARITY else Level(funder)
    return next((code for code in (area_code, *ancestors(area_code)) if level_of(code) is level), area_code)
