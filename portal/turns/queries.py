"""Reading turns of life, what waits for a signature, and daily lists, within the areas of whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.auth import Actor
from app.auth.queries import list_names
from app.paging import Page, cut_page
from app.people.access import sees_name
from app.people.matching import Shown, show_masked
from app.people.queries import check_visible
from portal.turns.effects import Kept, read
from portal.turns.errors import TurnNotFound
from portal.turns.models import LifeTurn, TurnClaim, TurnList, TurnListRow, TurnStep, TurnUndo

PAGE = 50
LISTS = 20
# A stay comes before its end, wherever they stand in the file.
IN_TURN = (TurnListRow.on_day, TurnListRow.event == "discharge", TurnListRow.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnItem:
    """A turn in a list."""

    id: int
    senior_id: int
    name: str
    kind: str
    from_on: date
    until_on: date | None
    source: str
    recorded_at: datetime
    undone_at: datetime | None
    effects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One thing that was done about a turn, by whom, with what came of it."""

    step: str
    at: datetime
    by: str
    words: str
    effects: Sequence[Kept]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that a second person decides: taking a turn back, or claiming spends back."""

    id: int
    turn_id: int
    senior_id: int
    name: str
    kind: str
    from_on: date
    made_at: datetime
    maker_id: int
    maker: str
    why: str
    feature: str = ""
    count: int = 0
    amount_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A turn with everything about it."""

    item: TurnItem
    reason: str
    recorded_by: str
    settle_on: date | None
    done: Sequence[Kept]
    undone: Sequence[Kept]
    steps: Sequence[StepView]
    undo: Waiting | None
    claims: Sequence[Waiting]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row of a daily list as shown; who was sent in is masked like who was found."""

    id: int
    number: int
    event: str
    on: date | None
    source: str
    state: str
    name: str
    id_number: str
    person: Shown | None
    candidates: Sequence[tuple[Shown, str]]
    faults: Sequence[Mapping[str, Any]]
    turn_id: int | None


def list_turns(
    session: Session, *, actor: Actor, after: int | None = None, limit: int = PAGE, senior_id: int | None = None
) -> Page[TurnItem]:
    """List turns of the actor's areas, the latest first.

    :raises NotFound: if one person's are asked for who is outside the actor's areas
    """
    query = select(LifeTurn)
    if senior_id is not None:
        check_visible(session, senior_id=senior_id, actor=actor)
        query = query.where(LifeTurn.senior_id == senior_id)
    else:
        query = query.where(areas.within(LifeTurn.area_code, actor.area_codes))
    if after is not None:
        query = query.where(LifeTurn.id < after)
    rows = session.scalars(query.order_by(LifeTurn.id.desc()).limit(limit + 1)).all()
    shown = show_masked(session, senior_ids=[row.senior_id for row in rows], actor=actor)
    return cut_page([_item(row, shown) for row in rows], limit, lambda item: str(item.id))


def get_turn(session: Session, *, turn_id: int, actor: Actor) -> TurnView:
    """Return a turn with what it did, what was done about it since, and what waits.

    :raises TurnNotFound: if there is none in the actor's areas
    """
    row = session.scalar(
        select(LifeTurn).where(LifeTurn.id == turn_id, areas.within(LifeTurn.area_code, actor.area_codes))
    )
    if row is None:
        raise TurnNotFound
    steps = session.scalars(select(TurnStep).where(TurnStep.turn_id == row.id).order_by(TurnStep.id)).all()
    names = list_names(session, account_ids=[row.recorded_by, *(each.account_id for each in steps if each.account_id)])
    waiting = _waiting(session, actor, turn_id=row.id)
    return TurnView(
        item=_item(row, show_masked(session, senior_ids=[row.senior_id], actor=actor)),
        reason=row.reason,
        recorded_by=names.get(row.recorded_by, ""),
        settle_on=row.settle_on,
        done=[read(each) for each in row.effects],
        undone=[read(each) for each in row.undone or ()],
        steps=[
            StepView(
                step=each.step,
                at=each.at,
                by=names.get(each.account_id or 0, ""),
                words=each.words,
                effects=[read(effect) for effect in each.detail],
            )
            for each in steps
        ],
        undo=next((each for each in waiting if not each.feature), None),
        claims=[each for each in waiting if each.feature],
    )


def list_undecided(session: Session, *, actor: Actor) -> Sequence[Waiting]:
    """List what waits for a second person in the actor's areas, oldest first; a page of it."""
    return _waiting(session, actor)


def list_lists(session: Session, *, actor: Actor) -> Sequence[tuple[TurnList, Mapping[str, int]]]:
    """List the latest daily lists of the actor's areas with how many rows stand where."""
    query = select(TurnList).where(areas.within(TurnList.area_code, actor.area_codes))
    lists = session.scalars(query.order_by(TurnList.id.desc()).limit(LISTS)).all()
    counts = _count_states(session, [each.id for each in lists])
    return [(each, counts.get(each.id, {})) for each in lists]


def get_list(session: Session, *, list_id: int, actor: Actor) -> tuple[TurnList, Mapping[str, int]]:
    """Return a daily list with how many rows stand where.

    :raises TurnNotFound: if there is none in the actor's areas
    """
    query = select(TurnList).where(TurnList.id == list_id, areas.within(TurnList.area_code, actor.area_codes))
    kept = session.scalar(query)
    if kept is None:
        raise TurnNotFound
    return kept, _count_states(session, [kept.id]).get(kept.id, {})


def list_rows(
    session: Session, *, list_id: int, actor: Actor, states: Sequence[str], limit: int = PAGE
) -> Sequence[RowView]:
    """List rows of a daily list in some states, a page of them: what waits as it happened, the rest as in the file."""
    query = select(TurnListRow).where(TurnListRow.list_id == list_id, TurnListRow.state.in_(states))
    order = IN_TURN if tuple(states) == ("waiting",) else (TurnListRow.number,)
    rows = session.scalars(query.order_by(*order).limit(limit)).all()
    ids = {row.senior_id for row in rows if row.senior_id} | {each["senior"] for row in rows for each in row.candidates}
    shown = show_masked(session, senior_ids=ids, actor=actor)
    sees_names = sees_name(actor, session.get_one(TurnList, list_id).area_code)
    return [_row(row, shown, sees_names=sees_names) for row in rows]


def _waiting(session: Session, actor: Actor, *, turn_id: int | None = None) -> list[Waiting]:
    undo = (
        select(TurnUndo, LifeTurn).join(LifeTurn, LifeTurn.id == TurnUndo.turn_id).where(TurnUndo.state == "submitted")
    )
    claim = (
        select(TurnClaim, LifeTurn)
        .join(LifeTurn, LifeTurn.id == TurnClaim.turn_id)
        .where(TurnClaim.state == "submitted")
    )
    found: list[Any] = []
    for query, table in ((undo, TurnUndo), (claim, TurnClaim)):
        within = query.where(areas.within(LifeTurn.area_code, actor.area_codes))
        if turn_id is not None:
            within = within.where(LifeTurn.id == turn_id)
        found += session.execute(within.order_by(table.id).limit(PAGE)).all()
    shown = show_masked(session, senior_ids=[turn.senior_id for _, turn in found], actor=actor)
    names = list_names(session, account_ids=[asked.maker_id for asked, _ in found])
    return [_wait(asked, turn, shown, names) for asked, turn in found]


def _wait(asked: Any, turn: LifeTurn, shown: Mapping[int, Shown], names: Mapping[int, str]) -> Waiting:
    is_claim = isinstance(asked, TurnClaim)
    return Waiting(
        id=asked.id,
        turn_id=turn.id,
        senior_id=turn.senior_id,
        name=_name(turn.senior_id, shown),
        kind=turn.kind,
        from_on=turn.from_on,
        made_at=asked.submitted_at,
        maker_id=asked.maker_id,
        maker=names.get(asked.maker_id, ""),
        why="" if is_claim else asked.why,
        feature=asked.feature if is_claim else "",
        count=len(asked.refs) if is_claim else 0,
        amount_fen=asked.amount_fen if is_claim else 0,
    )


def _item(row: LifeTurn, shown: Mapping[int, Shown]) -> TurnItem:
    return TurnItem(
        id=row.id,
        senior_id=row.senior_id,
        name=_name(row.senior_id, shown),
        kind=row.kind,
        from_on=row.from_on,
        until_on=row.until_on,
        source=row.source,
        recorded_at=row.recorded_at,
        undone_at=row.undone_at,
        effects=len(row.effects),
    )


def _name(senior_id: int, shown: Mapping[int, Shown]) -> str:
    """Return a name; whoever lives outside the reader's areas by now has none here."""
    return shown[senior_id].name if senior_id in shown else "*"


def _row(row: TurnListRow, shown: Mapping[int, Shown], *, sees_names: bool) -> RowView:
    name = vault.unseal(row.name_sealed) if row.name_sealed else ""
    return RowView(
        id=row.id,
        number=row.number,
        event=row.event,
        on=row.on_day,
        source=row.source,
        state=row.state,
        name=name if sees_names else vault.mask_name(name),
        id_number=vault.mask_id_number(vault.unseal(row.id_sealed)) if row.id_sealed else "",
        person=shown.get(row.senior_id or 0),
        candidates=[(shown[each["senior"]], each["why"]) for each in row.candidates if each["senior"] in shown],
        faults=row.faults,
        turn_id=row.turn_id,
    )


def _count_states(session: Session, list_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    query = (
        select(TurnListRow.list_id, TurnListRow.state, func.count())
        .where(TurnListRow.list_id.in_(list_ids))
        .group_by(TurnListRow.list_id, TurnListRow.state)
    )
    found: dict[int, dict[str, int]] = {}
    for list_id, state, count in session.execute(query):
        found.setdefault(list_id, {})[state] = count
    return found
