"""Posting an approved run to the ledger: part by part, each in a transaction of its own.

The key of each grant names programme, month and person, so that nothing is granted twice, whichever run asks.
Killed anywhere, posting loses at most the part it was at; run again, it goes on where it stood. Two who post the
same run at the same time take turns.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import ancestors, level_of
from app.audit.services import record
from app.clock import business_day
from app.db import transaction
from app.policies import queries as policies
from subsidies import services as ledger
from subsidies.allowance.errors import NotApproved, NotDueYet
from subsidies.allowance.models import APPROVED, GrantReasoning, GrantRun
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import Why
from subsidies.allowance.runs import get_run
from subsidies.allowance.terms import Programme, last_good_day
from subsidies.ledger.calls import plain_json

# Which documents, ways of reasoning and places the next people share: few, and each is read once.
SHARED = text(
    """
    WITH part AS (
        SELECT d.senior_id, d.document_id, d.reasoning, d.area_code FROM grant_decision AS d
         WHERE d.run_id = :run AND d.amount_fen > 0 AND d.senior_id > :after ORDER BY d.run_id, d.senior_id LIMIT :limit
    )
    SELECT document_id, reasoning, area_code, max(senior_id) AS last FROM part GROUP BY 1, 2, 3
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
         WHERE d.run_id = :run AND d.amount_fen > 0 AND d.senior_id > :after ORDER BY d.run_id, d.senior_id LIMIT :limit
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
) -> None:
    """Grant what a run decided; safe to repeat, at the same time too.

    :param tell: called with how many people were granted something since the last call
    :raises RunNotFound: if there is no such run
    :raises NotApproved: if nobody approved it
    :raises NotDueYet: if the day of issue has not come
    """
    poster = Poster(run_id)
    while True:
        with transaction() as session:
            posted = poster.post_part(session, now=clock(), at_once=at_once)
        if posted is None:
            return
        tell(posted)


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

    def post_part(self, session: Session, *, now: datetime, at_once: int) -> int | None:
        """Grant the next people's points; ``None`` when nobody is left.

        :raises NotApproved: if nobody approved the run
        :raises NotDueYet: if the day of issue has not come
        """
        run = get_run(session, run_id=self._run_id, area_codes=None, lock=True)
        if run.state != APPROVED:
            raise NotApproved
        if business_day(now) < run.issue_on:
            raise NotDueYet(_l("This run is posted on %(day)s, not before.", day=run.issue_on.isoformat()))
        if run.posted_at is not None:
            return None
        part = {"run": run.id, "after": run.posted_to, "limit": at_once}
        for wish in BY_KEY:
            session.execute(wish)
        shared = session.execute(SHARED, part).all()
        if not shared:
            self._finish(session, run, now)
            return None
        done = session.execute(GRANT, {**part, **self._terms(session, run, shared, now)}).one()
        run.posted += done.booked
        run.posted_fen += int(done.fen)
        run.posted_to = max(row.last for row in shared)
        return int(done.people)

    def _finish(self, session: Session, run: GrantRun, now: datetime) -> None:
        run.posted_at = now
        record(
            session,
            actor=None,
            action="grants.posted",
            subject=f"grant_run:{run.id}",
            area_code=run.area_code,
            new={"people": run.posted, "fen": run.posted_fen},
            now=now,
        )

    def _terms(self, session: Session, run: GrantRun, shared: Sequence[Row[Any]], now: datetime) -> dict[str, Any]:
        """Return what the people of a part are granted points by: who pays, for what, until when, and why."""
        ways, funders = {}, {}
        for row in shared:
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

    def _open_funder(self, session: Session, row: Row[Any]) -> int:
        programme, _title = self._programme(session, row.document_id)
        place = _purse_place(programme, row.area_code)
        names = find_names(session, [place])
        name = names[place].name if place in names else place
        return ledger.open_account(session, kind=programme.funder, area_code=place, name=name)


def _purse_place(programme: Programme, area_code: str) -> str:
    """Return whose purse pays: that of the funder's level around a person, a charity's that of the city."""
    level = "city" if programme.funder == "charity" else programme.funder
    line = (area_code, *ancestors(area_code))
    return next((code for code in line if level_of(code) == level), programme.area_code)
