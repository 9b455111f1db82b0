"""Telling families that a result is signed, and offices whom it is time to assess again."""

from collections import Counter
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.auth import Role
from app.auth.queries import list_held_over
from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import Telling, tell_many
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import full_day
from care_beds.assessment.models import Assessment
from care_beds.assessment.policy import find_assessment_rules
from care_beds.assessment.reading import list_ends

# Nobody's rules tell earlier: the kind of document allows a year.
LONGEST_NOTICE = timedelta(days=367)
TOLD = (Role.ASSESSOR, Role.STREET_CLERK)
SIGNED, DUE = "care_beds.assessed", "care_beds.assessments_due"


def tell_signed(session: Session, row: Assessment, *, now: datetime) -> None:
    """Tell whoever follows the person that the result counts; which one it is stands on no phone."""
    assert row.valid_until is not None  # signed
    name = names_of(session, senior_ids=[row.senior_id]).get(row.senior_id, "")
    params = {"name": name, "on": row.assessed_on.isoformat(), "until": row.valid_until.isoformat()}
    tell_followers(
        session,
        senior_id=row.senior_id,
        topic=Topic.VISITS,
        kind=SIGNED,
        key=f"assessment:{row.id}",
        params=params,
        now=now,
    )


def tell_due(session: Session, *, now: datetime) -> int:
    """Tell assessors and clerks, once a week, how many of their people it is time to assess again; return how many."""
    today = business_day(now)
    soon: Counter[int] = Counter()
    over: Counter[int] = Counter()
    for street, days in list_ends(session, today=today, before=today + LONGEST_NOTICE).items():
        rules = find_assessment_rules(session, area_code=street, on=today)
        near = sum(0 < left <= rules.notice_days for left in days) if rules else 0
        ended = sum(left <= 0 for left in days)
        for account_id in list_held_over(session, area_code=street, roles=TOLD, now=now) if near or ended else ():
            soon[account_id] += near
            over[account_id] += ended
    week = f"{today.isocalendar().year}-{today.isocalendar().week:02d}"
    tellings = [
        Telling(account_id, f"assessments_due:{week}", {"soon": near, "over": over[account_id]})
        for account_id, near in soon.items()
    ]
    return tell_many(session, tellings=tellings, kind=DUE, now=now)


def signed_text(params: Params) -> str:
    """Say whose assessment of which day counts, and until when."""
    said = {name: full_day(date.fromisoformat(params[name])) for name in ("on", "until")}
    told = _(
        "%(name)s was assessed on %(on)s. All have signed; it holds until before %(until)s. The street has the report.",
        name=params["name"],
        **said,
    )
    return str(told)


def due_text(params: Params) -> str:
    """Say how many people it is time to assess again."""
    soon, over = params["soon"], params["over"]
    told = [
        ngettext("%(num)s person is to be assessed again soon.", "%(num)s people are to be assessed again soon.", soon)
        if soon
        else "",
        ngettext("%(num)s result has run out.", "%(num)s results have run out.", over) if over else "",
    ]
    return (" " if _(", ") == ", " else "").join(part for part in told if part)


def due_address(_params: Params) -> str:
    """Lead to the list of them."""
    return "/care/assessments/due"


KINDS = (
    Kind(name=SIGNED, title=_l("Assessment signed"), text=signed_text, topic=Topic.VISITS),
    Kind(name=DUE, title=_l("To be assessed again"), text=due_text, address=due_address),
)
