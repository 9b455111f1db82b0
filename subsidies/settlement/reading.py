"""Reading settlement: statements by period, one statement, its lines, disputes and story."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, func, select, text, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from subsidies.models import Account, Txn
from subsidies.settlement.bank_files import statement_number
from subsidies.settlement.models import Dispute, Event, Line, Statement
from subsidies.settlement.payees import find_payee
from subsidies.settlement.people import find_names
from subsidies.settlement.reach import Reach, load_statement, visible
from subsidies.settlement.rules import FROZEN, Period, State
from subsidies.settlement.views import (
    Disputes,
    DisputeView,
    EventView,
    Lines,
    LineView,
    PeriodSums,
    ShareView,
    Sheet,
    StatementLine,
    Statements,
    StatementView,
)

FUNDER_SUMS = text(
    """
    SELECT x.funder, sum(x.points_fen)::bigint AS points_fen, sum(x.public_fen)::bigint AS public_fen
      FROM settlement_statement AS s
     CROSS JOIN LATERAL jsonb_to_recordset(s.shares) AS x (funder bigint, points_fen bigint, public_fen bigint)
     WHERE s.id = ANY(:ids) GROUP BY x.funder ORDER BY x.funder
    """
)


def is_frozen(session: Session, *, merchant: int, on: date) -> bool:
    """Say whether what a merchant is owed for a day can no longer change: what comes later is a correction."""
    query = select(Statement.id).where(
        Statement.merchant == merchant,
        Statement.period_from <= on,
        Statement.period_until > on,
        Statement.state.in_([str(state) for state in FROZEN]),
    )
    return session.scalar(query.limit(1)) is not None


def list_periods(session: Session, *, reach: Reach, most: int = 24) -> list[PeriodSums]:
    """Return the periods that have statements within a reach, newest first, each with its sums by state."""
    total = func.sum(Statement.points_fen + Statement.public_fen)
    query = (
        select(Statement.period_from, Statement.period_until, Statement.state, func.count(), total)
        .where(visible(reach))
        .group_by(Statement.period_from, Statement.period_until, Statement.state)
        .order_by(Statement.period_from.desc(), Statement.period_until)
    )
    found: dict[Period, PeriodSums] = {}
    for first, until, state, count, fen in session.execute(query):
        period = Period(first, until)
        sums = found.setdefault(period, PeriodSums(period, {}, {}))
        sums.counts[State(state)] = count
        sums.totals_fen[State(state)] = int(fen)
    return list(found.values())[:most]


def list_statements(
    session: Session,
    *,
    reach: Reach,
    period: Period | None = None,
    state: State | None = None,
    area_code: str = "",
    after: tuple[str, str, int] | None = None,
    limit: int = 50,
) -> Statements:
    """List statements, newest period first, then by area.

    :param after: period, area and number of the last one of the page before
    """
    query = _statements().where(visible(reach), *_conditions(period, state, area_code))
    if after is not None:
        first, place, number = date.fromisoformat(after[0]), after[1], after[2]
        behind = tuple_(Statement.area_code, Statement.id) > tuple_(place, number)
        query = query.where((Statement.period_from < first) | ((Statement.period_from == first) & behind))
    query = query.order_by(Statement.period_from.desc(), Statement.area_code, Statement.id).limit(limit + 1)
    items = [_line(*row) for row in session.execute(query)]
    more = items[limit - 1] if len(items) > limit else None
    cursor = f"{more.period.from_on.isoformat()},{more.area_code},{more.id}" if more else None
    return Statements(items[:limit], cursor)


def sum_funders(
    session: Session, *, reach: Reach, period: Period, state: State | None = None, area_code: str = ""
) -> list[ShareView]:
    """Return who owes how much for a period within a reach."""
    ids = session.scalars(select(Statement.id).where(visible(reach), *_conditions(period, state, area_code))).all()
    rows = session.execute(FUNDER_SUMS, {"ids": ids}).mappings().all()
    return _shares(session, rows)


def get_statement(session: Session, *, statement_id: int, reach: Reach) -> StatementView:
    """Return one statement with all that explains it.

    :raises StatementNotFound: if there is none with this id within the reach
    """
    statement = load_statement(session, statement_id=statement_id, reach=reach)
    row = session.execute(_statements().where(Statement.id == statement_id)).one()
    signed = {
        "made": (statement.drafted_by, statement.drafted_at),
        "confirmed": (statement.confirmed_by, statement.confirmed_at),
        "street_confirmed": (statement.street_confirmed_by, statement.street_confirmed_at),
        "approved": (statement.approved_by, statement.approved_at),
        "paid": (statement.paid_by, statement.paid_at),
    }
    names = find_names(session, [by for by, _at in signed.values()])
    return StatementView(
        line=_line(*row),
        root=statement.root.hex(),
        height=statement.height,
        policy_id=statement.policy_id,
        bank_reference=statement.bank_reference,
        shares=_shares(session, statement.shares),
        events=list_events(session, statement_id=statement_id),
        people={step: names.get(by or 0, "") for step, (by, _at) in signed.items()},
        moments={step: at for step, (_by, at) in signed.items()},
    )


def get_sheet(session: Session, *, statement_id: int, reach: Reach) -> Sheet:
    """Return what is printed of a statement.

    :raises StatementNotFound: if there is none with this id within the reach
    """
    shown = get_statement(session, statement_id=statement_id, reach=reach)
    return Sheet(
        shown,
        sum_days(session, statement_id=statement_id),
        list_disputes(session, reach=reach, statement_id=statement_id, limit=200).items,
        find_payee(session, merchant=shown.line.merchant),
    )


def list_events(session: Session, *, statement_id: int) -> list[EventView]:
    """Return what was done with a statement, in order."""
    rows = session.scalars(select(Event).where(Event.statement_id == statement_id).order_by(Event.id)).all()
    names = find_names(session, (each.account_id for each in rows))
    return [
        EventView(
            at=each.at,
            name=names.get(each.account_id or 0, ""),
            action=each.action,
            note=each.note,
            total_fen=each.total_fen,
        )
        for each in rows
    ]


def list_lines(
    session: Session,
    *,
    statement_id: int,
    after: int = 0,
    limit: int = 50,
    corrections_only: bool = False,
) -> Lines:
    """Return lines of a statement that was loaded before, in order.

    :param after: the last number of the page before
    """
    # Plain values: a page shows them when the transaction is over, and mapped rows would each be read again.
    columns = [getattr(Line, field.name) for field in fields(LineView) if field.name != "what"]
    query = select(*columns, what_of_line()).where(Line.statement_id == statement_id, Line.n > after)
    if corrections_only:
        query = query.where(Line.is_correction)
    rows = session.execute(query.order_by(Line.n).limit(limit + 1)).mappings().all()
    items = [LineView(**row) for row in rows[:limit]]
    return Lines(items, items[-1].n if len(rows) > limit else None)


def what_of_line() -> ColumnElement[str]:
    """Return what the movement of a line was for, in the word of its cause; a sale of earlier days may have none."""
    said = select(Txn.cause["what"].as_string()).where(Txn.home == Line.home, Txn.id == Line.txn_id)
    return func.coalesce(said.scalar_subquery(), "").label("what")


def list_disputes(
    session: Session,
    *,
    reach: Reach,
    statement_id: int | None = None,
    only_open: bool = False,
    after: int = 0,
    limit: int = 50,
) -> Disputes:
    """Return disputed lines within a reach, oldest first.

    :param after: the last id of the page before
    """
    query = (
        select(Dispute, Statement, Account.name)
        .join(Statement, Statement.id == Dispute.statement_id)
        .join(Account, Account.id == Statement.merchant)
        .where(visible(reach), Dispute.id > after)
    )
    if statement_id is not None:
        query = query.where(Dispute.statement_id == statement_id)
    if only_open:
        query = query.where(Dispute.state == "open")
    rows = session.execute(query.order_by(Dispute.id).limit(limit + 1)).all()
    shown = rows[:limit]
    names = find_names(session, (by for row in shown for by in (row[0].raised_by, row[0].answered_by)))
    items = [_dispute(*row, names) for row in shown]
    return Disputes(items, items[-1].id if len(rows) > limit else None)


def count_open_disputes(session: Session, *, reach: Reach) -> int:
    """Count the disputed lines within a reach that wait for an answer."""
    query = select(func.count()).select_from(Dispute).join(Statement, Statement.id == Dispute.statement_id)
    return session.scalar(query.where(visible(reach), Dispute.state == "open")) or 0


def sum_days(session: Session, *, statement_id: int) -> Sequence[Row[Any, Any, Any, Any, Any]]:
    """Return the sums of each day of a statement, corrections apart: day, correction, lines, points, public money."""
    query = (
        select(
            Line.about_on.label("day"),
            Line.is_correction,
            func.count().label("lines"),
            cast(func.sum(Line.points_fen), BigInteger).label("points_fen"),
            cast(func.sum(Line.public_fen), BigInteger).label("public_fen"),
        )
        .where(Line.statement_id == statement_id)
        .group_by(Line.about_on, Line.is_correction)
        .order_by(Line.is_correction, Line.about_on)
    )
    return session.execute(query).all()


def funder_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of funders by account."""
    wanted = sorted(set(ids))
    return {row.id: row.name for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))}


def _statements() -> Select[Any, Any, Any]:
    return select(Statement, Account.name, Account.owner_ref).join(Account, Account.id == Statement.merchant)


def _conditions(period: Period | None, state: State | None, area_code: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if period is not None:
        found += [Statement.period_from == period.from_on, Statement.period_until == period.until_on]
    if state is not None:
        found.append(Statement.state == state)
    if area_code:
        found.append(areas.within(Statement.area_code, [area_code]))
    return found


def _line(statement: Statement, name: str, owner_ref: str | None) -> StatementLine:
    return StatementLine(
        id=statement.id,
        number=statement_number(statement.id),
        merchant=statement.merchant,
        merchant_name=name,
        owner_ref=owner_ref or "",
        area_code=statement.area_code,
        period=Period(statement.period_from, statement.period_until),
        state=State(statement.state),
        lines=statement.lines,
        corrections=statement.corrections,
        points_fen=statement.points_fen,
        public_fen=statement.public_fen,
        correction_fen=statement.correction_fen,
        due_on=statement.due_on,
        reopened=statement.reopened,
    )


def _shares(session: Session, rows: Iterable[Any]) -> list[ShareView]:
    wanted = {row["funder"]: row for row in rows}
    accounts = session.scalars(select(Account).where(Account.id.in_(sorted(wanted)))).all()
    order = ("city", "district", "street", "community", "charity")
    found = [
        ShareView(
            funder=each.id,
            name=each.name,
            kind=each.kind,
            points_fen=int(wanted[each.id]["points_fen"]),
            public_fen=int(wanted[each.id]["public_fen"]),
        )
        for each in accounts
    ]
    return sorted(
        found, key=lambda share: (order.index(share.kind) if share.kind in order else len(order), share.funder)
    )


def _dispute(dispute: Dispute, statement: Statement, name: str, names: Mapping[int, str]) -> DisputeView:
    return DisputeView(
        id=dispute.id,
        statement_id=dispute.statement_id,
        merchant_name=name,
        period=Period(statement.period_from, statement.period_until),
        n=dispute.n,
        home=dispute.home,
        txn_id=dispute.txn_id,
        amount_fen=dispute.amount_fen,
        reason=dispute.reason,
        state=dispute.state,
        raised_by=names.get(dispute.raised_by, ""),
        raised_at=dispute.raised_at,
        answer=dispute.answer,
        answered_by=names.get(dispute.answered_by or 0, ""),
        answered_at=dispute.answered_at,
    )
