"""Thresholds of one home that differ from those of its area: wished by one person, signed by another, ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals.services import approve, check_deciding, reject, submit
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from safety.kits.errors import SettingNotFound, SettingOverlaps
from safety.kits.following import tell_followers
from safety.kits.homes import lock_home
from safety.kits.models import SafetyHomeSetting
from safety.kits.noting import note_home
from safety.kits.queries import get_home
from safety.kits.thresholds import find_faults, find_threshold

APPROVED = "approved"
SHOWN = 20


def make_setting(
    session: Session,
    *,
    home_id: int,
    overrides: Mapping[str, int],
    words: str,
    valid_from: date,
    actor: Actor,
    now: datetime,
    valid_until: date | None = None,
) -> SafetyHomeSetting:
    """Wish other thresholds for a home from a day on, and hand them in for a second person.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises Invalid: if nothing is wished, a threshold is unknown or out of bounds, or the days make no sense
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    _check(overrides, valid_from, valid_until, business_day(now))
    setting = SafetyHomeSetting(
        home_id=home_id,
        overrides=dict(overrides),
        valid=Range(valid_from, valid_until),
        words=words,
        state="draft",
        maker_id=actor.account_id,
    )
    submit(setting, by=actor.account_id, now=now)
    session.add(setting)
    session.flush()
    note_home(session, home, "safety_setting.made", by=actor, now=now, new={"setting": setting.id}, words=words)
    return setting


def approve_setting(
    session: Session, *, home_id: int, setting_id: int, actor: Actor, now: datetime
) -> SafetyHomeSetting:
    """Sign what somebody else wished for a home.

    :raises HomeNotFound: if there is no such home for the actor
    :raises SettingNotFound: if it has no such setting
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the actor wished it
    :raises SettingOverlaps: if another one holds on one of its days
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    setting = _lock(session, home_id, setting_id)
    check_deciding(setting, by=actor.account_id)
    try:
        with session.begin_nested():
            approve(setting, state=APPROVED, by=actor.account_id, now=now)
            session.flush()
    except IntegrityError as error:
        raise SettingOverlaps from error
    note_home(session, home, "safety_setting.approved", by=actor, now=now, new={"setting": setting.id})
    tell_followers(session, home.id, now)
    return setting


def reject_setting(
    session: Session, *, home_id: int, setting_id: int, reason: str, actor: Actor, now: datetime
) -> SafetyHomeSetting:
    """Send back what somebody else wished for a home.

    :raises HomeNotFound: if there is no such home for the actor
    :raises SettingNotFound: if it has no such setting
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the actor wished it
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    setting = _lock(session, home_id, setting_id)
    reject(setting, reason=reason, by=actor.account_id, now=now)
    note_home(session, home, "safety_setting.rejected", by=actor, now=now, new={"setting": setting.id}, words=reason)
    return setting


def end_setting(session: Session, *, home_id: int, setting_id: int, actor: Actor, now: datetime) -> SafetyHomeSetting:
    """Let a setting that holds end today; from now on the home is judged like its area.

    :raises HomeNotFound: if there is no such home for the actor
    :raises SettingNotFound: if it has no such setting that holds, or will
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    setting = _lock(session, home_id, setting_id)
    today, begins = business_day(now), setting.valid.lower
    if setting.state != APPROVED or begins is None or (setting.valid.upper or date.max) <= today:
        raise SettingNotFound
    # Taken back on its first day or before, it never held.
    setting.valid = Range(begins, today) if begins < today else Range(empty=True)
    note_home(session, home, "safety_setting.ended", by=actor, now=now, new={"setting": setting.id})
    tell_followers(session, home.id, now)
    return setting


def list_settings(session: Session, *, home_id: int, actor: Actor) -> Sequence[SafetyHomeSetting]:
    """Return what was wished for a home, the latest first.

    :raises HomeNotFound: if there is no such home for the actor
    """
    get_home(session, home_id=home_id, actor=actor)
    query = select(SafetyHomeSetting).where(SafetyHomeSetting.home_id == home_id)
    return session.scalars(query.order_by(SafetyHomeSetting.id.desc()).limit(SHOWN)).all()


def _check(overrides: Mapping[str, int], valid_from: date, valid_until: date | None, today: date) -> None:
    errors: dict[str, list[object]] = {}
    if not overrides:
        errors["overrides"] = [_l("Fill in at least one number.")]
    for name in overrides:
        if find_threshold(name) is None:
            errors[name] = [_l("There is no field of this name.")]
    for name, (least, most) in find_faults(overrides).items():
        errors[name] = [_l("This must lie between %(least)s and %(most)s.", least=least, most=most)]
    if valid_from < today:
        errors["valid_from"] = [_l("The first day is today or later.")]
    if valid_until is not None and valid_until <= valid_from:
        errors["valid_until"] = [_l("This is the first day without it, so it comes after the first day.")]
    if errors:
        raise Invalid(errors=errors)


def _lock(session: Session, home_id: int, setting_id: int) -> SafetyHomeSetting:
    found = session.get(SafetyHomeSetting, setting_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None or found.home_id != home_id:
        raise SettingNotFound
    return found
