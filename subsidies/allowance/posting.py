"""Posting an approved run to the ledger: part by part, each in a transaction of its own.

The key of each grant names programme, month and person, so that nothing is granted twice, whichever run asks.
Killed anywhere, posting loses at most the part it was at; run again, it goes on where it stood. Two who post the
same run at the same time take turns.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import ancestors, level_of
from app.audit.services import record
from app.clock import business_day
from app.db import transaction
from app.policies import queries as policies
from subsidies import services as ledger
from subsidies.allowance.errors import NotApproved, NotDueYet
from subsidies.allowance.models import APPROVED, GrantDecision, GrantReasoning, GrantRun
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import Why
from subsidies.allowance.runs import get_run
from subsidies.allowance.terms import Programme, last_good_day
from subsidies.services import Grant

# Locks on books for some tenths of a second each: a sale of one of these people waits no longer.
PEOPLE_AT_ONCE = 2000
Cause = Mapping[str, Any]


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


def grant_key(programme: str, month: Any, home: int) -> str:
    """Return the key under which a person's grant of a month happens once."""
    return f"grant:{programme}:{month:%Y-%m}:{home}"


class Poster:
    """Posts the parts of one run, and remembers what they have in common."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id
        self._programmes: dict[int, tuple[Programme, Mapping[str, str]]] = {}
        self._causes: dict[tuple[int, int], Cause] = {}
        self._funders: dict[tuple[str, str], int] = {}

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
        rows = _next(session, run, limit=at_once)
        if not rows:
            self._finish(session, run, now)
            return None
        grants = [self._grant(session, run, row) for row in rows]
        result = ledger.grant_points(
            session, grants=grants, actor=str(run.checker_id), device=f"grant_run:{run.id}", occurred_at=now, now=now
        )
        run.posted += result.booked + result.skipped
        run.posted_fen += sum(grant.amount_fen for grant in grants if grant.key in result.txn_ids)
        run.posted_to = rows[-1].senior_id
        return len(rows)

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

    def _grant(self, session: Session, run: GrantRun, row: Row[Any]) -> Grant:
        programme, _title = self._programme(session, row.document_id)
        return Grant(
            home=row.senior_id,
            key=grant_key(run.programme, run.month, row.senior_id),
            funder_account=self._funder(session, programme, row.area_code),
            programme=run.programme,
            purpose=programme.purpose,
            amount_fen=row.amount_fen,
            expires_on=last_good_day(programme.expiry, run.issue_on),
            cause=self._cause(session, run, row),
        )

    def _programme(self, session: Session, document_id: int) -> tuple[Programme, Mapping[str, str]]:
        if document_id not in self._programmes:
            document = policies.get_policy(session, document_id)
            self._programmes[document_id] = (programme_of(document), document.title)
        return self._programmes[document_id]

    def _cause(self, session: Session, run: GrantRun, row: Row[Any]) -> Cause:
        """Return why points were granted, as the chain keeps it: the documents, and the line that was met."""
        key = (row.document_id, row.reasoning)
        if key not in self._causes:
            reasons = session.execute(
                select(GrantReasoning.reasons).where(GrantReasoning.run_id == run.id, GrantReasoning.n == row.reasoning)
            ).scalar_one()
            self._causes[key] = {
                "what": "allowance",
                "run": run.id,
                "programme": run.programme,
                "month": f"{run.month:%Y-%m}",
                "policies": [row.document_id],
                "title": dict(self._programme(session, row.document_id)[1]),
                "reasons": [each for each in reasons if each["code"] == Why.ENTITLED],
            }
        return self._causes[key]

    def _funder(self, session: Session, programme: Programme, area_code: str) -> int:
        place = _purse_place(programme, area_code)
        key = (programme.funder, place)
        if key not in self._funders:
            names = find_names(session, [place])
            name = names[place].name if place in names else place
            self._funders[key] = ledger.open_account(session, kind=programme.funder, area_code=place, name=name)
        return self._funders[key]


def _purse_place(programme: Programme, area_code: str) -> str:
    """Return whose purse pays: that of the funder's level around a person, a charity's that of the city."""
    level = "city" if programme.funder == "charity" else programme.funder
    line = (area_code, *ancestors(area_code))
    return next((code for code in line if level_of(code) == level), programme.area_code)


def _next(session: Session, run: GrantRun, *, limit: int) -> list[Row[Any]]:
    query = select(
        GrantDecision.senior_id,
        GrantDecision.amount_fen,
        GrantDecision.document_id,
        GrantDecision.reasoning,
        GrantDecision.area_code,
    ).where(GrantDecision.run_id == run.id, GrantDecision.amount_fen > 0, GrantDecision.senior_id > run.posted_to)
    return list(session.execute(query.order_by(GrantDecision.senior_id).limit(limit)))
