"""The forms of a home's page: each changes one thing, and shows the home as it is then."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, render_template
from flask_babel import lazy_gettext as _l
from marshmallow import Schema

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from safety.kits import away, contacts, doors, homes
from safety.kits.access import AWAY_SETTERS, CLERKS, FITTERS, LISTERS, REVEALERS
from safety.kits.home_pages import ONE, go_home, one_context
from safety.kits.schemas import (
    KitAwayFormIn,
    KitContactChangesIn,
    KitContactFormIn,
    KitHealthFormIn,
    KitHomeFormIn,
    KitNothingIn,
    KitPhoneIn,
    KitRevealIn,
    KitWordsIn,
)

blueprint = Blueprint("safety_home_steps", __name__, url_prefix="/safety/homes", template_folder="templates")


def _step(service: Callable[..., Any], home_id: int, schema: type[Schema], told: Any, **more: Any) -> Response:
    asked = read_form(schema)
    with transaction() as session:
        service(session, home_id=home_id, **asked, **more, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return go_home(home_id)


@blueprint.post("/<int:home_id>/facts")
@allow(*LISTERS)
@shows_refusals(ONE, one_context)
def change(home_id: int) -> Response:
    """Change what is known of a home."""
    return _step(homes.change_home, home_id, KitHomeFormIn, _l("Saved."))


@blueprint.post("/<int:home_id>/health")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def change_health(home_id: int) -> Response:
    """Write down what the desk may read of illnesses and medicines."""
    return _step(homes.change_home, home_id, KitHealthFormIn, _l("Saved."))


@blueprint.post("/<int:home_id>/health/end")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def forget_health(home_id: int) -> Response:
    """Forget illnesses and medicines, as the senior wishes."""
    changes = {"health_agreed_on": None}
    return _step(
        homes.change_home, home_id, KitNothingIn, _l("Illnesses and medicines are forgotten."), changes=changes
    )


@blueprint.post("/<int:home_id>/start")
@allow(*FITTERS)
@shows_refusals(ONE, one_context)
def start(home_id: int) -> Response:
    """Begin to watch over a home."""
    return _step(homes.start_home, home_id, KitNothingIn, _l("This home is watched over from now on."))


@blueprint.post("/<int:home_id>/end")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def end(home_id: int) -> Response:
    """End a home."""
    return _step(homes.end_home, home_id, KitWordsIn, _l("The home has ended."))


@blueprint.post("/<int:home_id>/away")
@allow(*AWAY_SETTERS)
@shows_refusals(ONE, one_context)
def set_away(home_id: int) -> Response:
    """Write down that somebody is away."""
    return _step(away.set_away, home_id, KitAwayFormIn, _l("Written down. A call for help is heard all the same."))


@blueprint.post("/<int:home_id>/away/end")
@allow(*AWAY_SETTERS)
@shows_refusals(ONE, one_context)
def come_back(home_id: int) -> Response:
    """Write down that somebody is back."""
    return _step(away.come_back, home_id, KitNothingIn, _l("Back home. Silence counts again."))


@blueprint.post("/<int:home_id>/contacts")
@allow(*LISTERS)
@shows_refusals(ONE, one_context)
def add_contact(home_id: int) -> Response:
    """Put somebody on the list."""
    return _step(contacts.add_contact, home_id, KitContactFormIn, _l("On the list now."))


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>")
@allow(*LISTERS)
@shows_refusals(ONE, one_context)
def change_contact(home_id: int, contact_id: int) -> Response:
    """Change what is known of somebody on the list."""
    return _step(contacts.change_contact, home_id, KitContactChangesIn, _l("Saved."), contact_id=contact_id)


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>/earlier")
@allow(*LISTERS)
@shows_refusals(ONE, one_context)
def raise_contact(home_id: int, contact_id: int) -> Response:
    """Let somebody be called earlier."""
    return _step(contacts.raise_contact, home_id, KitNothingIn, _l("Saved."), contact_id=contact_id)


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>/removal")
@allow(*LISTERS)
@shows_refusals(ONE, one_context)
def remove_contact(home_id: int, contact_id: int) -> Response:
    """Take somebody off the list."""
    return _step(contacts.remove_contact, home_id, KitNothingIn, _l("Off the list."), contact_id=contact_id)


@blueprint.post("/<int:home_id>/reveals")
@allow(*REVEALERS)
@shows_refusals(ONE, one_context)
def reveal(home_id: int) -> str:
    """Show what is sealed once, in the answer to the form and nowhere else."""
    asked = read_form(KitRevealIn)
    with transaction() as session:
        shown = doors.open_home(session, home_id=home_id, **asked, actor=current_actor(), now=clock.now())
    return render_template(ONE, form=Form(), **one_context(home_id), revealed=shown)


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>/phone")
@allow(*REVEALERS)
@shows_refusals(ONE, one_context)
def reveal_phone(home_id: int, contact_id: int) -> str:
    """Show a whole number once."""
    asked = read_form(KitPhoneIn)
    with transaction() as session:
        phone = doors.open_phone(
            session, home_id=home_id, contact_id=contact_id, **asked, actor=current_actor(), now=clock.now()
        )
    return render_template(ONE, form=Form(), **one_context(home_id), phones={contact_id: phone})
