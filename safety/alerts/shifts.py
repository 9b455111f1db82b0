"""Who is on duty at the desk: begun with a sound test, ended with words for whoever comes next."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from safety.alerts.asked import LONGEST_SHIFT
from safety.alerts.errors import NoShift
from safety.alerts.models import Shift
from safety.alerts.policy_reading import get_alert_rules

# A desk asks every minute; more often it need not be written down.
NOTED_EVERY = timedelta(seconds=20)


def start_shift(session: Session, *, area_code: str, sound_heard: bool, by: Actor, now: datetime) -> Shift:
    """Begin a shift; one that was left open ends with it.

    :param sound_heard: whether the operator heard the test tone
    :raises Invalid: if the place lies outside what the caller looks after
    """
    if not is_within_any(area_code, by.area_codes):
        raise Invalid(errors={"area_code": [_l("Choose a place that you look after.")]})
    before = find_shift(session, account_id=by.account_id, lock=True)
    if before is not None:
        before.until_at = now
        session.flush()
    made = Shift(
        account_id=by.account_id,
        area_code=area_code,
        from_at=now,
        seen_at=now,
        sound_tested_at=now,
        sound_heard=sound_heard,
    )
    session.add(made)
    session.flush()
    _note(session, made, "alert_shift.started", by=by, now=now)
    return made


def note_sound(session: Session, *, sound_heard: bool, by: Actor, now: datetime) -> Shift:
    """Write down another sound test of the caller's shift.

    :raises NoShift: if the caller is not on duty
    """
    found = _own(session, by=by, now=now)
    found.sound_tested_at, found.sound_heard = now, sound_heard
    session.flush()
    return found


def note_desk(session: Session, *, by: Actor, now: datetime) -> None:
    """Write down that the caller's desk asks for something: who is silent for too long counts as off duty meanwhile."""
    found = find_shift(session, account_id=by.account_id)
    if found is None or not is_on_duty(found, now=now) or now - found.seen_at < NOTED_EVERY:
        return
    found = find_shift(session, account_id=by.account_id, lock=True)
    if found is None:
        return
    silence = get_alert_rules(session, area_code=found.area_code, on=business_day(now)).desk_silence
    if now - found.seen_at > silence:
        found.gone_from, found.gone_until = found.seen_at + silence, now
        _note(session, found, "alert_shift.returned", by=by, now=now)
    found.seen_at = now
    session.flush()


def end_shift(session: Session, *, words: str, by: Actor, now: datetime) -> Shift:
    """End the caller's shift, with what the next one should know.

    :raises NoShift: if the caller is not on duty
    """
    found = _own(session, by=by, now=now)
    found.until_at, found.words = now, words
    session.flush()
    _note(session, found, "alert_shift.ended", by=by, now=now, words=words)
    return found


def find_shift(session: Session, *, account_id: int, lock: bool = False) -> Shift | None:
    """Return the open shift of an account, or nothing; one may have run out."""
    query = select(Shift).where(Shift.account_id == account_id, Shift.until_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def list_handed_over(session: Session, *, area_code: str, since: datetime, limit: int = 20) -> Sequence[Shift]:
    """Return the shifts of a place that ended with words for the next one, the latest first."""
    query = select(Shift).where(Shift.area_code == area_code, Shift.until_at >= since, Shift.words != "")
    return session.scalars(query.order_by(Shift.until_at.desc(), Shift.id.desc()).limit(limit)).all()


def is_on_duty(found: Shift | None, *, now: datetime) -> bool:
    """Say whether a shift still counts: nobody watches a desk for longer than a day and a half's work."""
    return found is not None and found.until_at is None and found.from_at > now - LONGEST_SHIFT


def _own(session: Session, *, by: Actor, now: datetime) -> Shift:
    found = find_shift(session, account_id=by.account_id, lock=True)
    if found is None or not is_on_duty(found, now=now):
        raise NoShift
    return found


def _note(session: Session, shift: Shift, action: str, *, by: Actor, now: datetime, words: str = "") -> None:
    subject = f"safety_shift:{shift.id}"
    new = {"sound_heard": shift.sound_heard}
    record(session, actor=by, action=action, subject=subject, area_code=shift.area_code, now=now, new=new, reason=words)
