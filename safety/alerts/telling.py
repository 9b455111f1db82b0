"""Telling people of alerts: families as consent says, whoever is asked to go there, and who is to watch the watch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.queries import list_held_over
from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import Telling, tell, tell_many
from app.people.queries import names_of
from app.people.relatives.reach import followers
from app.people.relatives.rules import Topic
from app.web.wording import clock_time, in_language, moment
from safety.alerts.models import AlertStep, Incident
from safety.alerts.terms import AlertRules, Moment
from safety.alerts.words import alarm_name, part_name
from safety.kits.queries import gateway_names

RAISED, ATTENDED, CLOSED = "safety.alert_raised", "safety.alert_attended", "safety.alert_closed"
CONTACT_ASKED, GO_THERE, UNANSWERED = "safety.contact_asked", "safety.go_there", "safety.unanswered"
NOBODY_ASKED, PART_SILENT, REQUESTED = "safety.nobody_asked", "safety.part_silent", "safety.service_wanted"
PART_FAILED, UNHEARD = "safety.part_failed", "safety.unheard"


def tell_raised(
    session: Session, incidents: Collection[Incident], *, rules: Mapping[str, AlertRules], now: datetime
) -> None:
    """Tell the families of those in need, where the rules say so and a consent covers it; never in the morning only."""
    told = [each for each in incidents if Moment.RAISED in rules[each.area_code].tell_family[each.priority]]
    _tell_families(session, told, kind=RAISED, now=now)


def tell_family(
    session: Session, incident: Incident, *, at: Moment, rules: AlertRules, now: datetime, more: Params | None = None
) -> None:
    """Tell a family of one moment of an alert, where the rules say so and a consent covers it."""
    if incident.senior_id is not None and at in rules.tell_family[incident.priority]:
        kind = {Moment.RAISED: RAISED, Moment.ATTENDED: ATTENDED, Moment.CLOSED: CLOSED}[at]
        _tell_families(session, [incident], kind=kind, now=now, more=more)


def tell_contact(session: Session, incident: Incident, step: AlertStep, *, now: datetime) -> bool:
    """Ask a contact who has an account of their own; only where the person agreed that they hear of alerts."""
    if step.account_id is None or incident.senior_id is None:
        return False
    open_to = followers(session, senior_ids=[incident.senior_id], topic=Topic.ALERTS, today=business_day(now))
    if step.account_id not in open_to.get(incident.senior_id, ()):
        return False
    told: dict[str, Any] = {"kind": CONTACT_ASKED, "key": f"alert_step:{step.id}", "senior_id": incident.senior_id}
    params = _params(session, incident)
    tell(session, account_ids=[step.account_id], params=params, urgent=True, now=now, **told)
    return True


def tell_workers(
    session: Session, incident: Incident, step: AlertStep, *, account_ids: Sequence[int], now: datetime
) -> bool:
    """Ask a grid worker, or the street, to go there."""
    params = {**_params(session, incident), "incident_id": incident.id}
    told: dict[str, Any] = {"kind": GO_THERE, "key": f"alert_step:{step.id}", "params": params}
    tell(session, account_ids=account_ids, urgent=True, now=now, **told)
    return bool(account_ids)


def tell_duty(
    session: Session, incident: Incident, step: AlertStep, *, account_ids: Sequence[int], now: datetime
) -> bool:
    """Ask those on duty once more, by their phones: an alert rings at the desk and nobody takes it."""
    params = {**_params(session, incident), "incident_id": incident.id}
    told: dict[str, Any] = {"kind": UNANSWERED, "key": f"alert_step:{step.id}", "params": params}
    tell(session, account_ids=account_ids, urgent=True, now=now, **told)
    return bool(account_ids)


def tell_nobody_asked(session: Session, incidents: Iterable[Incident], *, now: datetime) -> None:
    """Tell whoever looks after a place that a ladder there has nobody on it: the last ones who can help."""
    for each in incidents:
        roles = (Role.OPERATOR, Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ADMINISTRATOR)
        accounts = list_held_over(session, area_code=each.area_code, roles=roles, now=now)
        params = {**_params(session, each), "incident_id": each.id}
        told: dict[str, Any] = {"kind": NOBODY_ASKED, "key": f"alert:{each.id}:nobody:{each.round}", "params": params}
        tell(session, account_ids=accounts, urgent=True, now=now, **told)


def tell_unheard(session: Session, incidents: Iterable[Incident], *, now: datetime) -> None:
    """Tell the district that everybody on the ladder of an alert was asked, and nobody has answered."""
    for each in incidents:
        accounts = list_held_over(session, area_code=each.area_code, roles=(Role.DISTRICT_APPROVER,), now=now)
        params = {**_params(session, each), "incident_id": each.id}
        told: dict[str, Any] = {"kind": UNHEARD, "key": f"alert:{each.id}:unheard:{each.round}", "params": params}
        tell(session, account_ids=accounts, urgent=True, now=now, **told)


def tell_silent(
    session: Session,
    *,
    name: str,
    since: datetime,
    account_ids: Sequence[int],
    now: datetime,
    is_never: bool = False,
) -> None:
    """Tell whoever keeps the product running that a part of it gives no sign of life, or never did."""
    params = {"part": name, "since": since.isoformat(), "never": is_never}
    key = f"watch:{name}:{now.isoformat()}"
    tell(session, account_ids=account_ids, kind=PART_SILENT, key=key, params=params, urgent=True, now=now)


def tell_failed(session: Session, *, name: str, since: datetime, account_ids: Sequence[int], now: datetime) -> None:
    """Tell whoever keeps the product running that a part of it failed at something, and went on."""
    params = {"part": name, "since": since.isoformat()}
    key = f"fault:{name}:{now.isoformat()}"
    tell(session, account_ids=account_ids, kind=PART_FAILED, key=key, params=params, urgent=True, now=now)


def tell_requested(session: Session, *, request_id: int, senior_id: int, area_code: str, now: datetime) -> None:
    """Tell the street that somebody pressed the green key."""
    accounts = list_held_over(session, area_code=area_code, roles=(Role.STREET_CLERK,), now=now)
    params = {"name": names_of(session, senior_ids=[senior_id]).get(senior_id, "")}
    tell(session, account_ids=accounts, kind=REQUESTED, key=f"safety_request:{request_id}", params=params, now=now)


def _tell_families(
    session: Session, incidents: Collection[Incident], *, kind: str, now: datetime, more: Params | None = None
) -> None:
    seniors = {each.senior_id for each in incidents if each.senior_id is not None}
    if not seniors:
        return
    open_to = followers(session, senior_ids=seniors, topic=Topic.ALERTS, today=business_day(now))
    if not open_to:
        return
    names = names_of(session, senior_ids=seniors)
    tellings = [
        Telling(
            account_id=account_id,
            key=f"alert:{each.id}:{kind}:{each.priority}",
            params={**_facts(each, names.get(each.senior_id or 0, "")), **(more or {})},
            senior_id=each.senior_id,
        )
        for each in incidents
        for account_id in open_to.get(each.senior_id or 0, ())
    ]
    tell_many(session, tellings=tellings, kind=kind, urgent=True, now=now)


def _params(session: Session, incident: Incident) -> dict[str, Any]:
    """Return what a message says of an alert: whose it is, or which gateway heard it."""
    if incident.senior_id is None:
        names = gateway_names(session, gateway_ids=[incident.gateway_id or 0])
        return _facts(incident, names.get(incident.gateway_id or 0, ""))
    return _facts(incident, names_of(session, senior_ids=[incident.senior_id]).get(incident.senior_id, ""))


def _facts(incident: Incident, name: str) -> dict[str, Any]:
    return {"name": name, "rule": incident.rule, "at": incident.raised_at.isoformat(), "incident": incident.id}


def raised_text(params: Params) -> str:
    """Say that an alarm was raised, and that somebody sees to it."""
    return str(_("%(name)s: %(alarm)s at %(at)s. The desk has been told and sees to it.", **_said(params)))


def attended_text(params: Params) -> str:
    """Say that somebody is there."""
    said = {**_said(params), "who": params.get("who", "")}
    return str(_("%(name)s: %(who)s is there now, after the alarm of %(at)s.", **said))


def closed_text(params: Params) -> str:
    """Say how it ended."""
    said = {**_said(params), "outcome": in_language(params["outcome"])}
    return str(_("%(name)s: the alarm of %(at)s is closed: %(outcome)s.", **said))


def contact_text(params: Params) -> str:
    """Ask a relative to go there."""
    return str(
        _(
            "%(name)s: %(alarm)s at %(at)s, and nobody was reached. Can you go there? Please answer here.",
            **_said(params),
        )
    )


def go_text(params: Params) -> str:
    """Ask somebody of the street to go there."""
    return str(_("Please go to %(name)s at once: %(alarm)s at %(at)s. Your tasks say where.", **_said(params)))


def unanswered_text(params: Params) -> str:
    """Say that an alert rings and nobody takes it."""
    return str(_("Nobody has taken an alert yet: %(name)s, %(alarm)s at %(at)s.", **_said(params)))


def nobody_text(params: Params) -> str:
    """Say that nobody is on the ladder of an alert."""
    return str(
        _("Nobody could be asked for help: %(name)s, %(alarm)s at %(at)s. Please see to it now.", **_said(params))
    )


def unheard_text(params: Params) -> str:
    """Say that an alert has rung through its whole ladder in vain."""
    return str(
        _("%(name)s: %(alarm)s at %(at)s. Everybody was asked and nobody has answered. See to it now.", **_said(params))
    )


def silent_text(params: Params) -> str:
    """Say which part of the product gives no sign of life, and since when."""
    said = {"part": part_name(params["part"]), "since": moment(datetime.fromisoformat(params["since"]))}
    if params.get("never"):
        return str(_("%(part)s should run since %(since)s and has not started. Alarms may be late.", **said))
    return str(_("%(part)s has given no sign of life since %(since)s. Alarms may be late.", **said))


def failed_text(params: Params) -> str:
    """Say which part of the product failed at something."""
    said = {"part": part_name(params["part"]), "since": moment(datetime.fromisoformat(params["since"]))}
    return str(_("%(part)s failed at %(since)s. The alarm was raised in its plain form; the log says why.", **said))


def requested_text(params: Params) -> str:
    """Say who wants a service."""
    return str(_("%(name)s pressed the green key and wants a service. Please call back.", name=params["name"]))


def family_address(params: Params) -> str:
    """Lead to the family's page of alerts, which is known here by its address only."""
    return f"/family/{params['senior_id']}/alarms"


def tasks_address(_params: Params) -> str:
    """Lead to what somebody is asked to do."""
    return "/safety/tasks"


def desk_address(_params: Params) -> str:
    """Lead to the desk, which is known here by its address only."""
    return "/desk"


def requests_address(_params: Params) -> str:
    """Lead to what was asked for by the green key."""
    return "/safety/requests"


def _said(params: Params) -> dict[str, Any]:
    at = datetime.fromisoformat(params["at"])
    return {"name": params["name"] or _("A device"), "alarm": alarm_name(params["rule"]), "at": clock_time(at)}


KINDS = (
    Kind(
        name=RAISED,
        title=_l("Alarm at home"),
        text=raised_text,
        topic=Topic.ALERTS,
        address=family_address,
        optional=False,
    ),
    Kind(name=ATTENDED, title=_l("Somebody is there"), text=attended_text, topic=Topic.ALERTS, address=family_address),
    Kind(name=CLOSED, title=_l("The alarm is over"), text=closed_text, topic=Topic.ALERTS, address=family_address),
    Kind(
        name=CONTACT_ASKED,
        title=_l("Can you go there?"),
        text=contact_text,
        topic=Topic.ALERTS,
        address=family_address,
        optional=False,
    ),
    Kind(name=GO_THERE, title=_l("Please go there"), text=go_text, address=tasks_address, optional=False),
    Kind(name=UNANSWERED, title=_l("An alert rings"), text=unanswered_text, address=desk_address, optional=False),
    Kind(name=NOBODY_ASKED, title=_l("Nobody to ask"), text=nobody_text, address=desk_address, optional=False),
    Kind(name=PART_SILENT, title=_l("A part is silent"), text=silent_text, optional=False),
    Kind(name=PART_FAILED, title=_l("A fault in the alarm path"), text=failed_text, optional=False),
    Kind(name=UNHEARD, title=_l("An alert goes unanswered"), text=unheard_text, address=desk_address, optional=False),
    Kind(name=REQUESTED, title=_l("A service is wanted"), text=requested_text, address=requests_address),
)
