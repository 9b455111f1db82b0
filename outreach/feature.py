"""What outreach hands to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from outreach import models as _models  # noqa: F401 - the database knows the tables before a page asks for them
from outreach.personal_data import PERSONAL
from outreach.policy import OUTREACH_RULES
from outreach.seeing import register_pictures
from outreach.telling import KINDS

register_kind(OUTREACH_RULES)
register_pictures()
for told in KINDS:
    register_message(told)

FEATURE = Feature(
    name="outreach",
    personal=PERSONAL,
    heading=_l("Visiting care"),
    tasks=("outreach.tasks",),
    schedule={
        # After the night's levels, sweeps and seals; before the first worker opens the list.
        "outreach.score_everybody": {"schedule": crontab(hour="4", minute="10")},
        "outreach.escalate": {"schedule": crontab(hour="7-20", minute="5")},
    },
    audit_words={
        "outreach.visited": _l("Visit written down"),
        "outreach.reported": _l("Change about a person reported"),
        "outreach.referred": _l("Referred to help"),
        "outreach.referral_accepted": _l("Referral taken on"),
        "outreach.referral_refused": _l("Referral refused"),
        "outreach.referral_done": _l("Help of a referral has come"),
        "outreach.problem_closed": _l("Problem of a visit closed"),
        "reveal.outreach": _l("Visitor saw address and phone"),
        "field.next_step": _l("Next step"),
        "field.reported": _l("What was reported"),
        "field.referral": _l("Number of the referral"),
        "field.help": _l("Help"),
        "field.way": _l("Way"),
    },
)
