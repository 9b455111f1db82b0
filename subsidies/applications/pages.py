"""Pages of applications: the queue, one of them with its story, a new one from a senior's page, the letter home."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import Invalid
from app.forms import Form, read_form, shows_refusals
from app.people.queries import get_senior, list_places
from app.web.language import current_language
from subsidies.applications import documents, queries, services, wording
from subsidies.applications.access import CLERKS, DECIDERS, DOCUMENT_READERS, READERS
from subsidies.applications.basis import list_open_programmes
from subsidies.applications.ending import find_ending
from subsidies.applications.queries import Filter
from subsidies.applications.schemas import (
    ApplicationCheckIn,
    ApplicationDecisionIn,
    ApplicationEndIn,
    ApplicationEndingDecisionIn,
    ApplicationFormIn,
    ApplicationPlaceIn,
    ApplicationReasonIn,
    ApplicationTitleIn,
)
from subsidies.applications.steps import find_terms
from subsidies.expiry.rules import next_month

blueprint = Blueprint("applications", __name__, url_prefix="/applications", template_folder="templates")
ONE, NEW = "applications/one.html", "applications/new.html"


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words of applications."""
    return {"application_words": wording}


@blueprint.get("/")
@allow(*READERS)
def list_applications() -> str:
    """Show what waits, the most pressing first; or others."""
    asked, today, actor = read_place(), business_day(clock.now()), current_actor()
    with transaction() as session:
        page = queries.list_applications(session, actor=actor, today=today, **asked)
        waiting, overdue = queries.count_open(session, actor=actor, today=today)
        places = list_places(session, actor=actor, levels=("district", "street"))
    shown = {"page": page, "filters": asked["filters"], "waiting": waiting, "overdue": overdue, "nearby": places}
    return render_template("applications/list.html", **shown, pick_title=pick_title)


@blueprint.get("/new/<int:senior_id>")
@allow(*CLERKS)
def show_new(senior_id: int) -> str:
    """Show the form of a new application for a senior."""
    return render_template(NEW, form=Form(), **new_one(senior_id))


def new_one(senior_id: int) -> dict[str, Any]:
    """Return what the form of a new application shows."""
    today = business_day(clock.now())
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=current_actor(), day=today)
        programmes = list_open_programmes(session, senior_id=senior_id, on=today)
    choices = [(code, pick_title(title, code)) for code, title in programmes.items()]
    return {"senior": senior, "programmes": choices, "today": today}


@blueprint.post("/new/<int:senior_id>")
@allow(*CLERKS)
@shows_refusals(NEW, new_one)
def apply(senior_id: int) -> Response:
    """Record a new application."""
    asked = read_form(ApplicationFormIn)
    with transaction() as session:
        number = services.apply(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The application is recorded. Add the documents next."), "ok")
    return _go(number)


@blueprint.get("/<int:application_id>")
@allow(*READERS)
def show(application_id: int) -> str:
    """Show one application and what may be done with it."""
    return render_template(ONE, form=Form(), **one(application_id))


def one(application_id: int) -> dict[str, Any]:
    """Return what the page of one application shows."""
    today, actor = business_day(clock.now()), current_actor()
    with transaction() as session:
        found = queries.get_application(session, application_id=application_id, actor=actor, today=today)
        terms = find_terms(session, area_code=found.area_code, on=today)
        asked_ending = find_ending(session, application_id=application_id)
    counted = terms is None or terms.knows_days_off(found.due_on.year)
    return {
        "shown": found,
        "asked_ending": asked_ending,
        "may_end": asked_ending is not None and asked_ending.asked_by != actor.account_id,
        "uncounted_year": None if counted else found.due_on.year,
        "today": today,
        "from_on": next_month(today),
        "pick": pick,
        "pick_title": pick_title,
        "is_clerk": bool(actor.roles & set(CLERKS)),
        "may_decide": bool(actor.roles & set(DECIDERS)) and actor.account_id not in found.hands,
        "is_decider": bool(actor.roles & set(DECIDERS)),
        "may_open": bool(actor.roles & set(DOCUMENT_READERS)),
    }


@blueprint.get("/<int:application_id>/letter")
@allow(*READERS)
def show_letter(application_id: int) -> str:
    """Show what the family is told, in both languages, ready to print."""
    shown = one(application_id)
    bodies = {}
    for language, locale in (("zh", "zh_Hans_CN"), ("en", "en")):
        with force_locale(locale):
            bodies[language] = render_template("applications/letter_body.html", **shown, language=language)
    return render_template("applications/letter.html", **shown, bodies=bodies)


@blueprint.post("/<int:application_id>/documents")
@allow(*CLERKS)
@shows_refusals(ONE, one)
def attach(application_id: int) -> Response:
    """Add a document."""
    title, content = read_form(ApplicationTitleIn)["title"], sent_file()
    with transaction() as session:
        documents.attach(
            session, application_id=application_id, title=title, content=content, actor=current_actor(), now=clock.now()
        )
    flash(_("The document is kept."), "ok")
    return _go(application_id)


@blueprint.get("/<int:application_id>/documents/<int:n>")
@allow(*DOCUMENT_READERS)
def open_document(application_id: int, n: int) -> Response:
    """Send a document, as a file to save; who opened it is written down."""
    with transaction() as session:
        found = documents.open_document(
            session, application_id=application_id, n=n, actor=current_actor(), now=clock.now()
        )
    headers = {"Content-Disposition": f"attachment; filename={found.name}"}
    return Response(found.content, mimetype=found.media_type, headers=headers)


@blueprint.post("/<int:application_id>/check")
@allow(*CLERKS)
@shows_refusals(ONE, one)
def check(application_id: int) -> Response:
    """Hand an application to the district, in order or in doubt."""
    told = _l("It is checked. The district decides next.")
    return _step(services.check, application_id, read_form(ApplicationCheckIn), told)


@blueprint.post("/<int:application_id>/decision")
@allow(*DECIDERS)
@shows_refusals(ONE, one)
def decide(application_id: int) -> Response:
    """Approve or refuse."""
    told = _l("It is decided. Print the letter for the family.")
    return _step(services.decide, application_id, read_form(ApplicationDecisionIn), told)


@blueprint.post("/<int:application_id>/appeal")
@allow(*CLERKS)
@shows_refusals(ONE, one)
def appeal(application_id: int) -> Response:
    """Record an appeal."""
    told = _l("The appeal is recorded. Somebody else of the district decides next.")
    return _step(services.appeal, application_id, read_form(ApplicationReasonIn), told)


@blueprint.post("/<int:application_id>/appeal/decision")
@allow(*DECIDERS)
@shows_refusals(ONE, one)
def decide_appeal(application_id: int) -> Response:
    """Decide on an appeal."""
    told = _l("It is decided. Print the letter for the family.")
    return _step(services.decide_appeal, application_id, read_form(ApplicationDecisionIn), told)


@blueprint.post("/<int:application_id>/withdrawal")
@allow(*CLERKS)
@shows_refusals(ONE, one)
def withdraw(application_id: int) -> Response:
    """Record that the applicant takes it back."""
    return _step(services.withdraw, application_id, read_form(ApplicationReasonIn), _l("The application is withdrawn."))


@blueprint.post("/<int:application_id>/end")
@allow(*CLERKS, *DECIDERS)
@shows_refusals(ONE, one)
def ask_ending(application_id: int) -> Response:
    """Ask that an approval ends."""
    told = _l("Asked. Somebody else of the district decides.")
    return _step(services.ask_ending, application_id, read_form(ApplicationEndIn), told)


@blueprint.post("/<int:application_id>/end/decision")
@allow(*DECIDERS)
@shows_refusals(ONE, one)
def decide_ending(application_id: int) -> Response:
    """End an approval as somebody else asked, or let it go on."""
    return _step(services.decide_ending, application_id, read_form(ApplicationEndingDecisionIn), _l("Decided."))


def applications_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of applications; empty for whoever may not see them."""
    if not actor.roles & set(READERS):
        return ""
    filters = Filter(state="", senior_id=senior_id)
    page = queries.list_applications(session, actor=actor, today=business_day(now), filters=filters, limit=5)
    may_apply = bool(actor.roles & set(CLERKS))
    shown = {"applications": page.items, "may_apply": may_apply, "senior_id": senior_id, "pick_title": pick_title}
    return render_template("applications/panel.html", **shown)


def pick(explanation: Mapping[str, Any]) -> Any:
    """Return the lines of the page's language."""
    return explanation.get(current_language(), ())


def pick_title(title: Mapping[str, str], code: str = "") -> str:
    """Return a programme's title in the page's language, its code where it has none."""
    return title.get(current_language()) or title.get("zh") or code


def read_place() -> dict[str, Any]:
    """Return what the address asks for, without what cannot be read."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = ApplicationPlaceIn().load(given)
    except ValidationError as error:
        wrong = error.messages_dict
        return ApplicationPlaceIn().load({name: value for name, value in given.items() if name not in wrong})  # type: ignore[no-any-return]
    return asked


def sent_file() -> bytes:
    """Return the content of the file in the form.

    :raises Invalid: if there is none
    """
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    if not content:
        raise Invalid(errors={"file": [_("Choose a file first; it must not be empty.")]})
    return content


def _step(service: Callable[..., None], application_id: int, asked: Mapping[str, Any], told: Any) -> Response:
    with transaction() as session:
        service(session, application_id=application_id, **asked, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return _go(application_id)


def _go(application_id: int) -> Response:
    return redirect(url_for("applications.show", application_id=application_id), 303)  # type: ignore[return-value]
