"""Telling families what a person's points paid of a visit, and what came back: nobody's points go unseen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import tell
from app.money import yuan
from app.people.queries import names_of
from app.people.relatives.reach import followers
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import in_language, short_day
from care_beds.money.deciding import Decided
from care_beds.money.models import VisitPayment
from care_beds.money.terms import Payer
from subsidies import queries as ledger

DEBIT, UNDONE = "care_beds.debit", "care_beds.payment_undone"


def tell_paid(session: Session, decided: Sequence[Decided], *, now: datetime) -> None:
    """Tell whoever follows some seniors what their points paid; three statements for all of them."""
    paid = [each for each in decided if each.charge.payer is Payer.POINTS]
    today, homes = business_day(now), {each.visit.senior_id for each in paid}
    reached = followers(session, senior_ids=homes, topic=Topic.BALANCE, today=today) if homes else {}
    followed = {home for home, accounts in reached.items() if accounts}
    if not followed:
        return
    names = names_of(session, senior_ids=followed)
    told = [each for each in paid if each.visit.senior_id in followed]
    # What is left for such visits: points for goods or for meals alone do not pay the next one.
    left = ledger.sum_good_points(session, asked=[(each.visit.senior_id, today, each.purpose) for each in told])
    for each, left_fen in zip(told, left, strict=True):
        home = each.visit.senior_id
        params = {
            "name": names.get(home, ""),
            "on": each.visit.on.isoformat(),
            "service": dict(each.facts.names),
            "minutes": each.charge.minutes,
            "points_fen": each.charge.price_fen,
            "left_fen": left_fen,
        }
        message: dict[str, Any] = {"kind": DEBIT, "key": f"care_visit:{each.visit.id}:paid", "params": params}
        tell(session, account_ids=reached[home], **message, senior_id=home, now=now)


def tell_undone(session: Session, payment: VisitPayment, *, now: datetime) -> None:
    """Tell whoever follows a senior that the points of a visit are back."""
    if payment.payer != Payer.POINTS:
        return
    params = {
        "name": names_of(session, senior_ids=[payment.senior_id]).get(payment.senior_id, ""),
        "on": payment.visit_on.isoformat(),
        "service": payment.facts["names"],
        "points_fen": payment.price_fen,
    }
    key = f"care_visit:{payment.visit_id}:undone"
    about: dict[str, Any] = {"senior_id": payment.senior_id, "topic": Topic.BALANCE, "kind": UNDONE, "key": key}
    tell_followers(session, **about, params=params, now=now)


def debit_text(params: Params) -> str:
    """Say what was paid, and what is left."""
    return str(
        _(
            "%(name)s, %(service)s on %(day)s, %(minutes)s minutes: %(points)s yuan paid with points."
            " %(left)s yuan are left for such visits.",
            minutes=params["minutes"],
            left=yuan(params["left_fen"]),
            **_said(params),
        )
    )


def undone_text(params: Params) -> str:
    """Say that the payment was undone."""
    return str(
        _(
            "%(name)s, %(service)s on %(day)s: the payment was undone, %(points)s yuan are back in the points.",
            **_said(params),
        )
    )


def day_address(params: Params) -> str:
    """Lead to the month in the statement; it is the families' page, which is known here by its address only."""
    return f"/family/{params['senior_id']}/statement?month={params['on'][:7]}"


KINDS = (
    Kind(name=DEBIT, title=_l("Visit paid with points"), text=debit_text, topic=Topic.BALANCE, address=day_address),
    Kind(
        name=UNDONE,
        title=_l("Payment of a visit undone"),
        text=undone_text,
        topic=Topic.BALANCE,
        address=day_address,
    ),
)


def _said(params: Params) -> dict[str, Any]:
    return {
        "name": params["name"],
        "service": in_language(params["service"]),
        "day": short_day(date.fromisoformat(params["on"])),
        "points": yuan(params["points_fen"]),
    }
