"""Destroying personal data: one proposes a list, another signs it, the command line or the worker carries it out."""

from datetime import date, datetime
from itertools import islice

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.audit import services as audit
from app.auth import Actor
from app.ops import plan, queries
from app.ops.due import list_due
from app.ops.errors import NotApproved, NothingDue, ShreddingNotFound
from app.ops.models import APPROVED, Shredding, ShreddingLine

AT_MOST = 20_000  # lines of one list: what two people can be said to have looked at is a sum and samples anyway
STANDING = text("""
SELECT EXISTS (SELECT FROM senior_status WHERE senior_id = :senior_id AND status = :cause AND from_on = :since_on
                  AND until_on IS NULL) AS is_gone,
       EXISTS (SELECT FROM shredding_line WHERE senior_id = :senior_id AND data = :data AND since_on = :since_on
                  AND done_at IS NOT NULL) AS is_done
""")
# One row of a person at a time, whatever else runs: a death that is corrected meanwhile waits, or is waited for.
LOCK = text("SELECT id FROM senior WHERE id = :senior_id FOR UPDATE")


def propose(session: Session, *, until: date, by: Actor, now: datetime, at_most: int = AT_MOST) -> Shredding:
    """Make a list of what may no longer be kept in the maker's areas, and hand it in for somebody else to sign.

    :raises NothingDue: if there is nothing, or it stands on a list already
    """
    found = list(islice(list_due(session, until=until, area_codes=by.area_codes), at_most))
    if not found:
        raise NothingDue
    made = Shredding(until_on=until, made_at=now, maker_id=by.account_id)
    session.add(made)
    session.flush()
    session.add_all(
        ShreddingLine(
            shredding_id=made.id,
            senior_id=each.senior_id,
            data=each.data,
            cause=each.cause,
            since_on=each.since_on,
            due_on=each.due_on,
            area_code=each.area_code,
            policy_id=each.policy_id,
        )
        for each in found
    )
    approvals.submit(made, by=by.account_id, now=now)
    session.flush()
    _note(session, "shredding.proposed", made, by=by, now=now, new={"until_on": until, "lines": len(found)})
    return made


def approve(session: Session, *, shredding_id: int, by: Actor, now: datetime) -> Shredding:
    """Sign a list that somebody else made.

    :raises ShreddingNotFound: if there is none that lies within the checker's areas
    :raises NotSubmitted: if it was decided
    :raises SelfApproval: if the checker is the maker
    """
    found = get_shredding(session, shredding_id=shredding_id, actor=by, lock=True)
    approvals.approve(found, state=APPROVED, by=by.account_id, now=now)
    session.flush()
    _note(session, "shredding.approved", found, by=by, now=now)
    return found


def reject(session: Session, *, shredding_id: int, reason: str, by: Actor, now: datetime) -> Shredding:
    """Refuse a list that somebody else made, and say why: what stands on it stays.

    :raises ShreddingNotFound: if there is none that lies within the checker's areas
    :raises NotSubmitted: if it was decided
    :raises SelfApproval: if the checker is the maker
    """
    found = get_shredding(session, shredding_id=shredding_id, actor=by, lock=True)
    approvals.reject(found, reason=reason, by=by.account_id, now=now)
    session.flush()
    _note(session, "shredding.rejected", found, by=by, now=now, reason=reason)
    return found


def get_shredding(session: Session, *, shredding_id: int, actor: Actor, lock: bool = False) -> Shredding:
    """Return a list that lies wholly within the actor's areas.

    :raises ShreddingNotFound: if there is none
    """
    found = session.get(Shredding, shredding_id, with_for_update=lock or None)
    is_within = select(queries.lies_within(actor.area_codes)).where(Shredding.id == shredding_id)
    if found is None or not session.scalar(is_within):
        raise ShreddingNotFound
    return found


def list_open(session: Session, *, shredding_id: int) -> list[tuple[int, str]]:
    """Return the lines of a list that wait to be carried out.

    :raises ShreddingNotFound: if there is no such list
    :raises NotApproved: if nobody else has signed it
    """
    found = session.get(Shredding, shredding_id)
    if found is None:
        raise ShreddingNotFound
    if found.state != APPROVED:
        raise NotApproved
    query = select(ShreddingLine.senior_id, ShreddingLine.data).where(
        ShreddingLine.shredding_id == shredding_id, ShreddingLine.done_at.is_(None), ShreddingLine.left_why == ""
    )
    return [(senior_id, data) for senior_id, data in session.execute(query.order_by(ShreddingLine.senior_id))]


def carry_out_line(session: Session, *, shredding_id: int, senior_id: int, data: str, now: datetime) -> bool:
    """Destroy one kind of data of one person, unless the person came back or something open needs it.

    Safe to run twice, and two at once.

    :param session: the owner's, opened by ``owner.rewriting``
    """
    session.execute(LOCK, {"senior_id": senior_id})
    key = (shredding_id, senior_id, data)
    line = session.get_one(ShreddingLine, key, with_for_update=True, populate_existing=True)
    if line.done_at is not None or line.left_why:
        return False
    told = {"senior_id": senior_id, "data": data, "cause": line.cause, "since_on": line.since_on}
    standing = session.execute(STANDING, told).one()
    if standing.is_done or not standing.is_gone:
        line.left_why = "done" if standing.is_done else "changed"
        return False
    if plan.is_held(session, senior_id=senior_id, data=data):
        line.left_why = "open"
        return False
    line.rows_touched = plan.destroy(session, senior_id=senior_id, data=data)
    line.done_at = now
    audit.record(
        session,
        actor=None,
        action="senior.shredded",
        subject=f"senior:{senior_id}",
        area_code=line.area_code,
        new={"data": data, "shredding": shredding_id},
        now=now,
    )
    return True


def finish(session: Session, *, shredding_id: int, now: datetime) -> None:
    """Note that nothing of an approved list is left to do."""
    left = select(func.count()).where(
        ShreddingLine.shredding_id == shredding_id, ShreddingLine.done_at.is_(None), ShreddingLine.left_why == ""
    )
    if session.scalars(left).one() == 0:
        done = update(Shredding).where(Shredding.id == shredding_id, Shredding.finished_at.is_(None))
        session.execute(done.values(finished_at=now))


def _note(
    session: Session,
    action: str,
    found: Shredding,
    *,
    by: Actor,
    now: datetime,
    new: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(session, actor=by, action=action, subject=f"shredding:{found.id}", new=new, reason=reason, now=now)
