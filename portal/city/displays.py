"""Screens on walls: hung up with a code that is good once, known by a token of their own, sent away at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.models import Area
from app.audit.services import record
from app.auth import Actor
from app.auth.rules import Limit, seconds_to_wait
from app.auth.throttle import count_failure, lock_throttle
from app.errors import Declined, Invalid, NotFound, TooMany
from app.tokens import digest, digits, new_secret
from portal.city.models import CityDisplay
from portal.city.reading import get_place

# As long as it takes to walk from the desk to the wall.
CODE_GOOD = timedelta(minutes=30)
CODE_DIGITS = 8
WRONG_CODES = Limit(failures=5, window=timedelta(minutes=15))
SEEN_EVERY = timedelta(minutes=5)
# A screen that was taken down and forgotten shows nothing when somebody finds it; a new code hangs it up again.
FORGOTTEN = timedelta(days=30)
MOST_SHOWN = 100


class DisplayUnknown(Declined, Invalid):
    """The code is unknown, used or over."""

    status = 422
    code = "display_code_unknown"
    detail = _l("This code is not known, or it is used or over. Make a new one.")


class DisplaysLocked(TooMany):
    """Too many wrong codes came from this address."""

    status = 429
    code = "display_locked"
    detail = _l("Too many wrong codes. Wait a quarter of an hour, then try again.")


@dataclass(frozen=True, slots=True)
class Offered:
    """A screen and the code that hangs it up; the code is shown once and kept nowhere."""

    display: CityDisplay
    code: str


def offer_display(session: Session, *, area_code: str, name: str, language: str, by: Actor, now: datetime) -> Offered:
    """Make a screen for a place, and a code to hang it up with.

    :raises NotFound: if the place is none of the caller's
    """
    get_place(session, area_code=area_code, reach=by.area_codes)
    display = CityDisplay(area_code=area_code, name=name.strip(), language=language, made_by=by.account_id, made_at=now)
    session.add(display)
    code = _give_code(display, now)
    session.flush()
    _note(session, display, "city_display.offered", by=by, now=now)
    return Offered(display, code)


def renew_code(session: Session, *, display_id: int, by: Actor, now: datetime) -> Offered:
    """Make a new code for a screen; what hung there before goes dark once the code is used.

    :raises NotFound: if it is none of the caller's places', or was sent away
    """
    display = _load(session, display_id, by)
    if display.revoked_at is not None:
        raise NotFound
    code = _give_code(display, now)
    _note(session, display, "city_display.offered", by=by, now=now)
    return Offered(display, code)


def hang_up(session: Session, *, code: str, address: str, now: datetime) -> tuple[CityDisplay, str]:
    """Trade a code for the token of a screen.

    :raises DisplayUnknown: if the code is unknown, used or over
    :raises DisplaysLocked: if too many wrong codes came from this address
    """
    subject = f"city_display:{address}"
    throttle = lock_throttle(session, subject, now=now)
    if seconds_to_wait(throttle, now):
        raise DisplaysLocked
    query = select(CityDisplay).where(
        CityDisplay.code_digest == digest(_digits_of(code)), CityDisplay.revoked_at.is_(None)
    )
    display = session.scalar(query.with_for_update())
    if display is None or display.code_expires_at is None or display.code_expires_at <= now:
        count_failure(session, subject, throttle, WRONG_CODES, now=now)
        raise DisplayUnknown
    token = new_secret()
    display.token_digest, display.code_digest, display.code_expires_at = digest(token), None, None
    display.last_seen_at = now
    by = Actor(account_id=display.made_by, name="", device=f"display:{display.id}", kind="display")
    _note(session, display, "city_display.hung_up", by=by, now=now)
    return display, token


def find_display(session: Session, *, token: str, now: datetime) -> CityDisplay | None:
    """Return the screen that a token belongs to, or nothing once it was sent away or not switched on for a month."""
    query = select(CityDisplay).where(CityDisplay.token_digest == digest(token), CityDisplay.revoked_at.is_(None))
    display = session.scalar(query) if token else None
    if display is None or is_forgotten(display, now):
        return None
    if display.last_seen_at is None or now - display.last_seen_at >= SEEN_EVERY:
        display.last_seen_at = now
    return display


def is_forgotten(display: CityDisplay, now: datetime) -> bool:
    """Say whether a screen was dark for so long that it needs a new code."""
    return display.last_seen_at is not None and now - display.last_seen_at > FORGOTTEN


def revoke_display(session: Session, *, display_id: int, by: Actor, now: datetime) -> None:
    """Send a screen away: from now on it shows nothing.

    :raises NotFound: if it is none of the caller's places'
    """
    display = _load(session, display_id, by)
    if display.revoked_at is None:
        display.revoked_at, display.revoked_by = now, by.account_id
        display.code_digest = display.code_expires_at = None
        _note(session, display, "city_display.revoked", by=by, now=now)


def list_displays(session: Session, *, actor: Actor) -> Sequence[tuple[CityDisplay, Area]]:
    """List the screens of somebody's places, those that hang first."""
    query = (
        select(CityDisplay, Area)
        .join(Area, Area.code == CityDisplay.area_code)
        .where(areas.within(CityDisplay.area_code, actor.area_codes))
        .order_by(CityDisplay.revoked_at.isnot(None), CityDisplay.id.desc())
        .limit(MOST_SHOWN)
    )
    return [(row.CityDisplay, row.Area) for row in session.execute(query)]


def _give_code(display: CityDisplay, now: datetime) -> str:
    code = digits(CODE_DIGITS)
    display.code_digest, display.code_expires_at = digest(code), now + CODE_GOOD
    return code


def _digits_of(code: str) -> str:
    return "".join(each for each in code if each.isdigit())


def _load(session: Session, display_id: int, by: Actor) -> CityDisplay:
    query = select(CityDisplay).where(CityDisplay.id == display_id, areas.within(CityDisplay.area_code, by.area_codes))
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found


def _note(session: Session, display: CityDisplay, action: str, *, by: Actor, now: datetime) -> None:
    new = {"name": display.name, "area_code": display.area_code}
    subject = f"city_display:{display.id}"
    record(session, actor=by, action=action, subject=subject, area_code=display.area_code, now=now, new=new)
