"""The page of a home's own thresholds: what is wished, what holds, and who signs it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields

from app import clock
from app.auth import allow, current_actor
from app.auth.queries import list_names
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from safety.kits import settings
from safety.kits.access import READERS, SETTING_CHECKERS, SETTING_MAKERS, show_name
from safety.kits.home_pages import rights
from safety.kits.page_words import WORDS
from safety.kits.queries import get_home
from safety.kits.reading import name_senior
from safety.kits.schemas import KitNothingIn, KitReasonIn, KitSettingFormIn
from safety.kits.thresholds import find_threshold, list_thresholds

ONE = "kits/settings.html"

blueprint = Blueprint("safety_settings", __name__, url_prefix="/safety/homes", template_folder="templates")


@blueprint.get("/<int:home_id>/settings")
@allow(*READERS)
def show_settings(home_id: int) -> str:
    """Show what holds for a home otherwise than for its area."""
    return render_template(ONE, form=Form(), **context(home_id))


def context(home_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page shows."""
    actor = current_actor()
    with transaction() as session:
        home = get_home(session, home_id=home_id, actor=actor)
        found = settings.list_settings(session, home_id=home_id, actor=actor)
        signed = {each for one in found for each in (one.maker_id, one.checker_id) if each}
        people = list_names(session, account_ids=signed)
        senior = show_name(actor, name_senior(session, home.senior_id), home.area_code)
    shown = {"home": home, "settings": found, "people": people, "senior": senior, "thresholds": list_thresholds()}
    here = {"today": business_day(clock.now()), "which": request.args.get("which", "")}
    return {**WORDS, **rights(actor), **shown, **here, "find_threshold": find_threshold}


@blueprint.post("/<int:home_id>/settings")
@allow(*SETTING_MAKERS)
@shows_refusals(ONE, context)
def wish(home_id: int) -> Response:
    """Wish other thresholds for a home."""
    asked, numbers = read_form(KitSettingFormIn), read_form(_numbers())
    overrides = {name: number for name, number in numbers.items() if number is not None}
    return _do(settings.make_setting, home_id, _l("Handed in. A second person decides."), **asked, overrides=overrides)


class NumbersIn(Schema):
    """The numbers of a form; the rest of it is read apart."""

    class Meta:
        """What else the form says is read apart."""

        unknown = EXCLUDE


def _numbers() -> type[Schema]:
    return NumbersIn.from_dict({each.name: fields.Integer(load_default=None) for each in list_thresholds()})


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/approval")
@allow(*SETTING_CHECKERS)
@shows_refusals(ONE, context)
def approve(home_id: int, setting_id: int) -> Response:
    """Sign what somebody else wished."""
    read_form(KitNothingIn)
    return _do(settings.approve_setting, home_id, _l("Agreed to."), setting_id=setting_id)


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/rejection")
@allow(*SETTING_CHECKERS)
@shows_refusals(ONE, context)
def reject(home_id: int, setting_id: int) -> Response:
    """Send back what somebody else wished."""
    asked = read_form(KitReasonIn)
    return _do(settings.reject_setting, home_id, _l("Sent back."), setting_id=setting_id, **asked)


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/end")
@allow(*SETTING_MAKERS, *SETTING_CHECKERS)
@shows_refusals(ONE, context)
def end(home_id: int, setting_id: int) -> Response:
    """Let a setting end."""
    read_form(KitNothingIn)
    return _do(settings.end_setting, home_id, _l("Ended. The home is judged like its area."), setting_id=setting_id)


def _do(service: Callable[..., Any], home_id: int, told: Any, **asked: Any) -> Response:
    with transaction() as session:
        service(session, home_id=home_id, **asked, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return redirect(url_for("safety_settings.show_settings", home_id=home_id), 303)  # type: ignore[return-value]
