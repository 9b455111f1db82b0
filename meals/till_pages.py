"""The till page: which till, and what its modules start with. Selling itself goes through the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.config import settings
from app.db import transaction
from app.forms import read_form
from app.web.assets import asset
from app.web.language import HTML_LANGS, current_language
from meals import queries
from meals.canteen_schemas import ID, MenuOut, TillTodayOut
from meals.page_words import name_of
from meals.printing.services import find_printing
from meals.roles import SELLERS
from meals.scope import TillNotFound
from meals.till_words import words
from meals.tills.shell_pages import marked

TILL_COOKIE = "till"
YEAR_SECONDS = 365 * 24 * 3600
LEAVE_FORM = "leave"
# Why a sale is undone; its words are the till's, and what is kept is what the cashier read.
REASONS = ("slip", "wrong_dish", "wrong_person", "not_taken", "sold_twice", "other")

blueprint = Blueprint("till", __name__, template_folder="templates", url_prefix="/till")


class ChoiceIn(Schema):
    """The till someone stands at."""

    till = fields.Integer(required=True, validate=ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A till with its canteen, as someone chooses it."""

    till_id: int
    number: int
    canteen_id: int
    canteen: str


@blueprint.get("")
@allow(*SELLERS)
def show_till() -> str | Response:
    """Show the till of this browser; first ask which one it is where there are several."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        counters = list_counters(session, actor=actor, now=now)
        counter = choose_counter(counters, request.cookies.get(TILL_COOKIE, ""))
        if counter is None:
            return render_template("till_choose.html", counters=counters)
        start = start_document(session, counter=counter, actor=actor, now=now)
    page = render_template("till.html", start=start, may_change_till=len(counters) > 1)
    return marked(page, till_id=counter.till_id, cashier_id=actor.account_id)


@blueprint.get("/choose")
@allow(*SELLERS)
def show_choice() -> str:
    """Ask which till this is."""
    with transaction() as session:
        counters = list_counters(session, actor=current_actor(), now=clock.now())
    return render_template("till_choose.html", counters=counters, wanted=True)


@blueprint.post("/choose")
@allow(*SELLERS)
def choose() -> Response:
    """Let this browser be a till from now on."""
    till_id = read_form(ChoiceIn)["till"]
    with transaction() as session:
        counters = list_counters(session, actor=current_actor(), now=clock.now())
    if till_id not in [counter.till_id for counter in counters]:
        raise TillNotFound
    answer: Response = redirect(url_for("till.show_till"), 303)  # type: ignore[assignment]
    secure = settings().https or request.is_secure
    answer.set_cookie(TILL_COOKIE, str(till_id), max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer


@blueprint.get("/guest/<int:till_id>")
@allow(*SELLERS)
def show_guest_screen(till_id: int) -> Response:
    """Show the guest's side of a till, in a window for a second screen."""
    page = render_template("till_guest.html", start={"channel": channel_of(till_id)})
    return marked(page, till_id=till_id, cashier_id=None)


def list_counters(session: Session, *, actor: Actor, now: datetime) -> Sequence[Counter]:
    """List the tills at which someone may sell, by canteen and number."""
    found = []
    for canteen_id in sorted(actor.canteen_ids):
        page = queries.get_canteen_page(session, canteen_id=canteen_id, actor=actor, on=business_day(now))
        name = name_of(page.canteen)
        found += [
            Counter(till_id=till.id, number=till.number, canteen_id=canteen_id, canteen=name)
            for till in page.tills
            if till.withdrawn_on is None
        ]
    return found


def choose_counter(counters: Sequence[Counter], remembered: str) -> Counter | None:
    """Return the till this browser chose before, or the only one there is."""
    chosen = next((counter for counter in counters if str(counter.till_id) == remembered), None)
    return counters[0] if chosen is None and len(counters) == 1 else chosen


def start_document(session: Session, *, counter: Counter, actor: Actor, now: datetime) -> dict[str, Any]:
    """Make what the page's modules need before their first call."""
    menu = queries.get_menu(session, canteen_id=counter.canteen_id, actor=actor, now=now)
    today = queries.get_till_today(session, till_id=counter.till_id, actor=actor, on=business_day(now))
    printing = find_printing(session, till_id=counter.till_id)
    return {
        "language": HTML_LANGS[current_language()],
        "server_time": now.isoformat(),
        "canteen": {"id": counter.canteen_id, "name": counter.canteen},
        "till": {"id": counter.till_id, "number": counter.number},
        "cashier": {"id": actor.account_id, "name": actor.name},
        "menu": MenuOut().dump(menu),
        "today": TillTodayOut().dump(today),
        "words": words(),
        "reasons": REASONS,
        "channel": channel_of(counter.till_id),
        "leave_form": LEAVE_FORM,
        "printing": printing.way if printing else None,
        "paper_mm": printing.paper_mm if printing else None,
        "urls": _urls(counter),
        "assets": {
            "icons": asset("icons.svg"),
            "zxing": {
                "module": asset("vendor/zxing/reader/index.js"),
                "wasm": asset("vendor/zxing/zxing_reader.wasm"),
            },
        },
    }


def channel_of(till_id: int) -> str:
    """Name the channel on which a till tells its guest's screen what to show."""
    return f"chongyang-till-{till_id}"


def _urls(counter: Counter) -> dict[str, str]:
    api = "/api/v1/meals"
    return {
        "till": url_for("till.show_till"),
        "worker": url_for("till_shell.show_worker"),
        "choose": url_for("till.show_choice"),
        "guest": url_for("till.show_guest_screen", till_id=counter.till_id),
        "log_in": url_for("auth.show_log_in", next=url_for("till.show_till")),
        "log_out": url_for("auth.log_out"),
        "health": "/healthz",
        "quotes": f"{api}/quotes",
        "checkouts": f"{api}/checkouts",
        "reversal": f"{api}/checkouts/{{id}}/reversal",
        "today": f"{api}/tills/{counter.till_id}/today",
        "guests": f"{api}/tills/{counter.till_id}/guests",
        "receipt": url_for("printing.print_receipt", checkout_id=UUID(int=0)).replace(str(UUID(int=0)), "{id}"),
        "receipts": f"{api}/checkouts/{{id}}/receipts",
        "fetched": url_for("fetched.list_fetches"),
        "shift": f"{api}/tills/{counter.till_id}/shift",
        "shifts": f"{api}/tills/{counter.till_id}/shifts",
        "closing": f"{api}/shifts/{{id}}/closing",
        "shift_page": url_for("shifts.show_shift", shift_id=0).replace("/0", "/{id}"),
        "menu": f"{api}/canteens/{counter.canteen_id}/menu",
        "device": f"{api}/tills/sales",
        "roster": f"{api}/tills/roster",
    }
