"""What a turn of life does to shopping: baskets after the day are found, and their points given back if two ask for it.

Cards stop at every shop by themselves: each sale reads the person's status under the lock of their book.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.audit.services import record
from app.clock import business_day
from app.people.queries import profile_on
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from app.policies.queries import get_policy
from app.tokens import digest, new_id
from shops.checks.finding import everywhere, gone_found, list_gone
from shops.models import Shop, ShopSale
from shops.policy import read_purse
from subsidies import services as ledger
from subsidies.findings.turned import keep_at_once

SOLD, BACK = "baskets_after", "baskets_given_back"
CODE = "S4"
FOUND_FOR = frozenset({TurnKind.DEATH, TurnKind.INSTITUTION})
WORDS: Mapping[str, Any] = {
    SOLD: _l("Shopping after the day: a finding, and claimed back once a second person approves"),
    BACK: _l("Baskets whose points go back"),
}
SPENDERS = text(
    """
    SELECT DISTINCT s.home FROM shop_sale AS s
      JOIN senior_status AS t ON t.senior_id = s.home AND t.status IN ('deceased', 'in_institution')
       AND t.from_on < s.sold_on AND (t.until_on IS NULL OR s.sold_on < t.until_on)
     WHERE s.booked_at >= :since AND s.returned_points_fen < s.points_fen
    """
)
# Of what was foreseen the register does not know yet: the same question, by the day of the turn alone.
AFTER = text(
    """
    SELECT s.id, s.points_fen - s.returned_points_fen AS spent_fen FROM shop_sale AS s
     WHERE s.home = :home AND s.sold_on > :after AND (CAST(:until AS date) IS NULL OR s.sold_on < :until)
       AND s.returned_points_fen < s.points_fen
     ORDER BY s.id
    """
)


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say what was bought after the day."""
    found = _sold(_list_after(session, turn))
    return [found] if found.count else []


def find_after(session: Session, turn: Turn) -> Sequence[Effect]:
    """Put to a finding what was bought after the day."""
    rows = _list_after(session, turn)
    if not rows:
        return []
    asked = everywhere(turn.from_on, business_day(turn.now) + timedelta(days=1), turn.now)
    keep_at_once(
        session,
        code=CODE,
        area_code=profile_on(session, senior_id=turn.senior_id, day=turn.today).residence_area,
        find=lambda limits: gone_found(list_gone(session, asked, home=turn.senior_id), limits),
        now=turn.now,
    )
    return [_sold(rows)]


def list_spenders(session: Session, since: datetime) -> Collection[int]:
    """Return who bought something, as was booked since a moment, though they are dead or away."""
    return set(session.scalars(SPENDERS, {"since": since}))


def claim(session: Session, turn: Turn, refs: Sequence[str]) -> Sequence[Effect]:
    """Give the points of baskets back; what was handed over is gone, so nothing comes back to the shelves."""
    ledger.open_book(session, home=turn.senior_id)
    query = select(ShopSale).where(ShopSale.home == turn.senior_id, ShopSale.id.in_([UUID(ref) for ref in refs]))
    # What came back while this waited for the book is read anew.
    query = query.execution_options(populate_existing=True)
    amounts = [_give_back(session, each, turn) for each in session.scalars(query.order_by(ShopSale.id)).all()]
    back = [fen for fen in amounts if fen]
    return [Effect(code=BACK, count=len(back), amount_fen=sum(back), words=WORDS[BACK])] if back else []


def take_back(_session: Session, _turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Say what stays: findings are dismissed by whoever judges them."""
    words = _l("Findings about shopping: the auditor dismisses them")
    return [Effect(code="kept_findings", count=each.count, words=words) for each in done if each.code == SOLD]


def _list_after(session: Session, turn: Turn) -> Sequence[Row[Any]]:
    if turn.kind not in FOUND_FOR:
        return ()
    asked = {"home": turn.senior_id, "after": turn.from_on, "until": turn.until_on}
    return session.execute(AFTER, asked).all()


def _sold(rows: Sequence[Row[Any]]) -> Effect:
    refs, fens = [str(row.id) for row in rows], [row.spent_fen for row in rows]
    detail = {"refs": refs, "fens": fens}
    return Effect(code=SOLD, count=len(refs), amount_fen=sum(fens), detail=detail, words=WORDS[SOLD])


def _give_back(session: Session, sale: ShopSale, turn: Turn) -> int:
    """Reverse what a basket moved and what has not come back since, once; return how many fen went back."""
    fen = sale.points_fen - sale.returned_points_fen
    if not fen:
        return 0
    key = f"turn_claim:{turn.id}:{sale.id}"
    answer = ledger.reverse(
        session,
        home=sale.home,
        key=key,
        fingerprint=digest(key),
        txn_id=new_id(),
        reverses=sale.id,
        grace_days=read_purse(get_policy(session, sale.policy_id)).grace_days,
        cause={
            "what": "turn_claim",
            "turn": turn.id,
            "kind": str(turn.kind),
            "from_on": turn.from_on.isoformat(),
            "shop": sale.shop_id,
        },
        response=None,
        actor=str(turn.by.account_id),
        device=turn.by.device,
        occurred_at=turn.now,
        occurred_on=turn.today,
        now=turn.now,
    )
    if answer.outcome != "booked" or answer.replayed:
        return 0
    sale.returned_points_fen = sale.points_fen
    record(
        session,
        actor=turn.by,
        action="shop_sale.claimed_back",
        subject=f"shop_sale:{sale.id}",
        area_code=session.scalars(select(Shop.area_code).where(Shop.id == sale.shop_id)).one(),
        new={"points_fen": fen},
        reason=turn.reason,
        now=turn.now,
    )
    return fen


TURN_EFFECTS = (
    TurnEffect(
        name="shops",
        foresee=foresee,
        carry_out=find_after,
        take_back=take_back,
        find_after=find_after,
        spenders=list_spenders,
        claim=claim,
    ),
)
