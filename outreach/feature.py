"""What outreach hands to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from outreach import api, pages, panels, person_pages, referral_pages, today_pages
from outreach.access import READERS, VISITORS
from outreach.counting import DAY_COUNTS
from outreach.personal_data import PERSONAL
from outreach.policy import OUTREACH_RULES
from outreach.seeing import register_pictures
from outreach.telling import KINDS
from outreach.turns import TURN_EFFECT

register_kind(OUTREACH_RULES)
register_pictures()
for told in KINDS:
    register_message(told)

FEATURE = Feature(
    name="outreach",
    personal=PERSONAL,
    day_counts=DAY_COUNTS,
    heading=_l("Visiting care"),
    api=(api.blueprint,),
    pages=(
        pages.blueprint,
        today_pages.blueprint,
        person_pages.blueprint,
        referral_pages.blueprint,
    ),
    navigation=(
        NavItem(
            endpoint="outreach_today.show_today",
            label=_l("People to visit"),
            icon="pin",
            roles=frozenset(VISITORS),
            order=43,
        ),
        NavItem(
            endpoint="outreach.show_street",
            label=_l("Visiting care"),
            icon="people",
            roles=frozenset(READERS),
            order=44,
        ),
        NavItem(
            endpoint="outreach_referrals.show_referrals",
            label=_l("Referrals"),
            icon="next",
            roles=frozenset(READERS),
            order=45,
        ),
    ),
    timeline=panels.TIMELINE,
    senior_tabs=panels.TABS,
    family_panels=(panels.family_panel,),
    turn_effects=(TURN_EFFECT,),
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
