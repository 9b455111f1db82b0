"""Writes what was decided: the ledger's movement of a visit and the payment beside it, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import Level, ancestors, level_of
from app.auth import Actor
from app.clock import business_day
from app.idempotency import fingerprint
from app.tokens import new_id
from care_beds.money.deciding import Decided
from care_beds.money.payable import Visit
from care_beds.money.terms import Funder, Payer, Share, share_out
from subsidies import services as ledger

# Care beds have purses of their own beside those of meals: what each owes is settled apart.
OWNER, PURSE = "care_beds", "养老床位补贴资金"
VISIT, VISIT_BACK = "visit", "visit_undone"
# Who pays out of the ledger; what others pay is only written down.
BOOKED = (Payer.POINTS, Payer.BED_SUBSIDY)
# All of a batch in one statement: each row by itself costs as much again on the way.
WRITTEN = (
    "visit_id bigint, senior_id bigint, bed_id bigint, provider_id bigint, area_code text, visit_on date,"
    " service text, payer text, present_minutes integer, minutes integer, price_fen bigint, shares jsonb,"
    " facts jsonb, reasons jsonb, policy_ids bigint[], txn_id uuid, paid_at timestamptz, paid_by bigint"
)
COLUMNS = ", ".join(each.split()[0] for each in WRITTEN.split(","))
WRITE = text(
    f"""
    INSERT INTO visit_payment ({COLUMNS})
    SELECT {COLUMNS} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r ({WRITTEN})
    """  # noqa: S608 - pieces of this module
)


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
    """Post visits of different payers to the ledger and write down who paid them. Called under their books' locks."""
    if not decided:
        return
    shares = [_shares_of(each) for each in decided]
    spends = [
        _spend_of(each, legs=purses.legs(each.visit.area_code, share))
        for each, share in zip(decided, shares, strict=True)
        if each.charge.payer in BOOKED
    ]
    answers = ledger.spend_many(
        session, spends=spends, actor=str(by.account_id) if by else "", device=by.device if by else "", now=now
    )
    # The points were counted under the lock that still holds: there is nothing that could refuse them.
    assert all(answer.txn_id for answer in answers)
    txn_ids = {spend.key: answer.txn_id for spend, answer in zip(spends, answers, strict=True)}
    rows = [
        _row_of(each, share, txn_id=txn_ids.get(_key_of(each.visit)), by=by, now=now)
        for each, share in zip(decided, shares, strict=True)
    ]
    session.execute(WRITE, {"rows": json.dumps(rows, default=str)})


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
    lines: Sequence[tuple[int, int]] | None = None,
) -> UUID:
    """Reverse a movement of the money of care beds, once for each key, and return the reversal.

    :param lines: n of a posting and fen to give back of it; all of it when left out
    """
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
        lines=lines,
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


def _shares_of(decided: Decided) -> Sequence[Share]:
    """Return what each funder gives of a visit that the subsidy pays."""
    if decided.charge.payer is not Payer.BED_SUBSIDY:
        return ()
    return share_out(decided.terms.funders, decided.charge.price_fen)


def _spend_of(decided: Decided, *, legs: Sequence[tuple[int, int]]) -> ledger.Spend:
    visit, charge = decided.visit, decided.charge
    about = visit_about(visit, decided.facts.names)
    reasons = [reason.as_json() for reason in charge.reasons]
    return ledger.Spend(
        home=visit.senior_id,
        key=_key_of(visit),
        fingerprint=fingerprint(VISIT, visit.id),
        txn_id=new_id(),
        merchant_account=visit.merchant_account,
        points_fen=charge.price_fen if charge.payer is Payer.POINTS else 0,
        purpose=decided.purpose,
        legs=legs,
        cause={"what": VISIT, **about, "policies": decided.policy_ids, "reasons": reasons},
        response={"visit": visit.id, "price_fen": charge.price_fen},
        occurred_at=decided.facts.finished_at,
        occurred_on=visit.on,
    )


def _row_of(
    decided: Decided, shares: Sequence[Share], *, txn_id: UUID | None, by: Actor | None, now: datetime
) -> dict[str, Any]:
    visit, charge = decided.visit, decided.charge
    return {
        "visit_id": visit.id,
        "senior_id": visit.senior_id,
        "bed_id": visit.bed_id,
        "provider_id": visit.provider_id,
        "area_code": visit.area_code,
        "visit_on": visit.on,
        "service": visit.service,
        "payer": charge.payer,
        "present_minutes": charge.present_minutes,
        "minutes": charge.minutes,
        "price_fen": charge.price_fen,
        "shares": shares_document(shares),
        "facts": decided.facts_document(),
        "reasons": [reason.as_json() for reason in charge.reasons],
        "policy_ids": decided.policy_ids,
        "txn_id": txn_id,
        "paid_at": now,
        "paid_by": by.account_id if by else None,
    }


def _key_of(visit: Visit) -> str:
    return f"visit:{visit.id}"


def _place_of(area_code: str, funder: Funder) -> str:
    """Return the place whose purse a funder is for somebody in an area: charities give for a whole city."""
    level = Level.CITY if funder is Funder.CHARITY else Level(funder)
    return next((code for code in (area_code, *ancestors(area_code)) if level_of(code) is level), area_code)
