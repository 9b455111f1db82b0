"""Posting an approved run to the ledger: part by part, each in a transaction of its own.

The key of each grant names programme, month and person, so that nothing is granted twice, whichever run asks.
Killed anywhere, posting loses at most the parts it was at; run again, it goes on where it stood. Parts are people
apart from each other, so several hands take one after the other from the same run, and wait for nobody.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import ancestors, level_of
from app.audit.services import record
from app.clock import business_day
from app.db import transaction
from app.policies import queries as policies
from subsidies import services as ledger
from subsidies.allowance.errors import NotApproved, NotDueYet
from subsidies.allowance.models import APPROVED, GrantPart, GrantReasoning, GrantRun
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import Why
from subsidies.allowance.runs import get_run
from subsidies.allowance.terms import Programme, last_good_day
from subsidies.ledger.calls import plain_json

# Each person who gets something falls into one part, by the place in the order of numbers.
DIVIDE = text(
    """
    WITH granted AS (
        SELECT d.senior_id, (row_number() OVER (ORDER BY d.senior_id) - 1) / :at_once AS n
          FROM grant_decision AS d WHERE d.run_id = :run AND d.amount_fen > 0
    ), part AS (SELECT n, max(senior_id) AS until FROM granted GROUP BY n)
    INSERT INTO grant_part (run_id, n, after, until)
    SELECT :run, n + 1, lag(until, 1, 0) OVER (ORDER BY n), until FROM part
    """
)
# The next part that nobody is at.
TAKE = select(GrantPart).where(GrantPart.posted_at.is_(None)).order_by(GrantPart.n).limit(1)
# Which documents, ways of reasoning and places the next people share: few, and each is read once.
SHARED = text(
    """
    WITH part AS (
        SELECT d.document_id, d.reasoning, d.area_code FROM grant_decision AS d
         WHERE d.run_id = :run AND d.amount_fen > 0 AND d.senior_id > :after AND d.senior_id <= :until
    )
    SELECT document_id, reasoning, area_code FROM part GROUP BY 1, 2, 3
    """
)
# The decisions were written a moment ago, and nothing is known of them yet: the planner would sort all of them for
# each part, where their key has the order.
BY_KEY = tuple(text(f"SET LOCAL {way} = off") for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"))
# The ledger's own function, fed where the decisions lie: nobody's row travels to the worker and back. The ids are
# UUIDv7, their moment that of the posting. What they share is looked up by name, not joined: of rows that a
# parameter brings the planner knows no number, and compared each person with each of them.
GRANT = text(
    """
    WITH part AS (
        SELECT d.senior_id, d.amount_fen, d.document_id, d.reasoning, d.area_code FROM grant_decision AS d
         WHERE d.run_id = :run AND d.amount_fen > 0 AND d.senior_id > :after AND d.senior_id <= :until
         ORDER BY d.run_id, d.senior_id
    ), told AS (
        SELECT p.senior_id, p.amount_fen,
               CAST(:ways AS jsonb) -> (p.document_id || ' ' || p.reasoning) AS way,
               CAST(CAST(:funders AS jsonb) -> (p.document_id || ' ' || p.area_code) AS bigint) AS funder
          FROM part AS p
    ), asked AS MATERIALIZED (
        SELECT array_agg(t.senior_id) AS homes, array_agg(:prefix || t.senior_id) AS keys,
               array_agg(CAST(:stamp || substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 14) AS uuid)) AS txns,
               array_agg(t.funder) AS funders, array_agg(CAST(:programme AS text)) AS programmes,
               array_agg(t.way ->> 'purpose') AS purposes, array_agg(t.amount_fen) AS amounts_fen,
               array_agg(CAST(t.way ->> 'expires_on' AS date)) AS expires_on, array_agg(t.way ->> 'cause') AS causes
          FROM told AS t
    )
    SELECT count(*) AS people, count(*) FILTER (WHERE g.outcome = 'booked') AS booked,
           coalesce(sum(a.amounts_fen[g.place]) FILTER (WHERE g.outcome = 'booked'), 0) AS fen
      FROM asked AS a, LATERAL ledger.grant_many(
               a.homes, a.keys, a.txns, a.funders, a.programmes, a.purposes, a.amounts_fen, a.expires_on, a.causes,
               :actor, :device, :now, :now) AS g
    """
)
# Locks on books for half a second each: a sale of one of these people waits no longer.
PEOPLE_AT_ONCE = 5000


def post_run(
    run_id: int,
    *,
    clock: Callable[[], datetime],
    tell: Callable[[int], object] = lambda _people: None,
    at_once: int = PEOPLE_AT_ONCE,
    hands: int = 1,
) -> None:
    """Grant what a run decided; safe to repeat, at the same time too.

    :param tell: called with how many people were granted something since the last call
    :param at_once: people in a part, when the run is not divided yet
    :param hands: how many connections to post by
    :raises RunNotFound: if there is no such run
    :raises NotApproved: if nobody approved it
    :raises NotDueYet: if the day of issue has not come
    """
    with transaction() as session:
        if not _divide(session, run_id, now=clock(), at_once=at_once):
            return
    if hands == 1:
        _post_parts(run_id, clock, tell)
    else:
        _post_together(run_id, clock, tell, hands)
    with transaction() as session:
        _finish(session, run_id, now=clock())


def post_within(session: Session, run_id: int, *, now: datetime) -> None:
    """Grant what a run decided within the caller's transaction: for demonstrations, whose past is made at once."""
    if _divide(session, run_id, now=now, at_once=PEOPLE_AT_ONCE):
        poster = Poster(run_id)
        while poster.post_part(session, now=now) is not None:
            pass
        _finish(session, run_id, now=now)


def count_posted(session: Session, run_id: int) -> int:
    """Count the people to whom a run has granted something so far."""
    posted = select(func.coalesce(func.sum(GrantPart.posted), 0)).where(GrantPart.run_id == run_id)
    return int(session.execute(posted).scalar_one())


def _divide(session: Session, run_id: int, *, now: datetime, at_once: int) -> bool:
    """Divide a run into parts, once; say whether any of it is to be posted."""
    run = get_run(session, run_id=run_id, area_codes=None, lock=True)
    if run.state != APPROVED:
        raise NotApproved
    if business_day(now) < run.issue_on:
        raise NotDueYet(_l("This run is posted on %(day)s, not before.", day=run.issue_on.isoformat()))
    if run.posted_at is not None:
        return False
    if session.get(GrantPart, (run_id, 1)) is None:
        session.execute(DIVIDE, {"run": run_id, "at_once": at_once})
    return True


def _post_parts(run_id: int, clock: Callable[[], datetime], tell: Callable[[int], object]) -> None:
    poster = Poster(run_id)
    while True:
        with transaction() as session:
            people = poster.post_part(session, now=clock())
        if people is None:
            return
        tell(people)


def _post_together(run_id: int, clock: Callable[[], datetime], tell: Callable[[int], object], hands: int) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def work(_number: int) -> None:
        with app.app_context():
            _post_parts(run_id, clock, tell)

    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(work, range(hands)))


def _finish(session: Session, run_id: int, *, now: datetime) -> None:
    """Call a run posted when all its parts are; whoever ends the last one does."""
    run = get_run(session, run_id=run_id, area_codes=None, lock=True)
    parts = select(
        func.count(), func.count(GrantPart.posted_at), func.sum(GrantPart.posted), func.sum(GrantPart.posted_fen)
    )
    there, done, people, fen = session.execute(parts.where(GrantPart.run_id == run_id)).one()
    if run.posted_at is not None or done < there:
        return
    run.posted_at, run.posted, run.posted_fen = now, int(people or 0), int(fen or 0)
    record(
        session,
        actor=None,
        action="grants.posted",
        subject=f"grant_run:{run.id}",
        area_code=run.area_code,
        new={"people": run.posted, "fen": run.posted_fen},
        now=now,
    )


def grant_key(programme: str, month: Any, home: int | str) -> str:
    """Return the key under which a person's grant of a month happens once."""
    return f"grant:{programme}:{month:%Y-%m}:{home}"


class Poster:
    """Posts the parts of one run, and remembers what they have in common."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id
        self._programmes: dict[int, tuple[Programme, Mapping[str, str]]] = {}
        # As the statement looks them up: by document and way of reasoning, and by document and place.
        self._ways: dict[str, Mapping[str, str]] = {}
        self._funders: dict[str, int] = {}

    def post_part(self, session: Session, *, now: datetime) -> int | None:
        """Grant the points of the next part that nobody is at; ``None`` when there is none."""
        part = session.scalars(TAKE.where(GrantPart.run_id == self._run_id).with_for_update(skip_locked=True)).first()
        if part is None:
            return None
        run = get_run(session, run_id=self._run_id, area_codes=None)
        where = {"run": run.id, "after": part.after, "until": part.until}
        for wish in BY_KEY:
            session.execute(wish)
        shared = session.execute(SHARED, where).all()
        done = session.execute(GRANT, {**where, **self._terms(session, run, shared, now)}).one()
        part.posted, part.posted_fen, part.posted_at = done.booked, int(done.fen), now
        return int(done.people)

    def _terms(self, session: Session, run: GrantRun, shared: Sequence[Row[Any]], now: datetime) -> dict[str, Any]:
        """Return what the people of a part are granted points by: who pays, for what, until when, and why."""
        ways, funders = {}, {}
        # Two hands that open the same purses do so in one order, so that they cannot wait for each other.
        for row in sorted(shared, key=lambda row: self._purse(session, row)):
            way, place = f"{row.document_id} {row.reasoning}", f"{row.document_id} {row.area_code}"
            if way not in self._ways:
                self._ways[way] = self._read_way(session, run, row)
            if place not in self._funders:
                self._funders[place] = self._open_funder(session, row)
            ways[way], funders[place] = self._ways[way], self._funders[place]
        return {
            "ways": json.dumps(ways),
            "funders": json.dumps(funders),
            "prefix": grant_key(run.programme, run.month, ""),
            "stamp": f"{int(now.timestamp() * 1000):012x}7",
            "programme": run.programme,
            "actor": str(run.checker_id),
            "device": f"grant_run:{run.id}",
            "now": now,
        }

    def _read_way(self, session: Session, run: GrantRun, row: Row[Any]) -> Mapping[str, str]:
        programme, _title = self._programme(session, row.document_id)
        return {
            "purpose": programme.purpose,
            "expires_on": last_good_day(programme.expiry, run.issue_on).isoformat(),
            "cause": self._read_cause(session, run, row),
        }

    def _programme(self, session: Session, document_id: int) -> tuple[Programme, Mapping[str, str]]:
        if document_id not in self._programmes:
            document = policies.get_policy(session, document_id)
            self._programmes[document_id] = (programme_of(document), document.title)
        return self._programmes[document_id]

    def _read_cause(self, session: Session, run: GrantRun, row: Row[Any]) -> str:
        """Return why points were granted, as the chain keeps it: the documents, and the line that was met."""
        reasons = session.execute(
            select(GrantReasoning.reasons).where(GrantReasoning.run_id == run.id, GrantReasoning.n == row.reasoning)
        ).scalar_one()
        cause = {
            "what": "allowance",
            "run": run.id,
            "programme": run.programme,
            "month": f"{run.month:%Y-%m}",
            "policies": [row.document_id],
            "title": dict(self._programme(session, row.document_id)[1]),
            "reasons": [each for each in reasons if each["code"] == Why.ENTITLED],
        }
        return str(plain_json(cause))

    def _purse(self, session: Session, row: Row[Any]) -> tuple[str, str]:
        """Return whose purse pays, and where."""
        programme, _title = self._programme(session, row.document_id)
        return programme.funder, _purse_place(programme, row.area_code)

    def _open_funder(self, session: Session, row: Row[Any]) -> int:
        kind, place = self._purse(session, row)
        names = find_names(session, [place])
        name = names[place].name if place in names else place
        return ledger.open_account(session, kind=kind, area_code=place, name=name)


def _purse_place(programme: Programme, area_code: str) -> str:
    """Return whose purse pays: that of the funder's level around a person, a charity's that of the city."""
    level = "city" if programme.funder == "charity" else programme.funder
    line = (area_code, *ancestors(area_code))
    return next((code for code in line if level_of(code) == level), programme.area_code)
