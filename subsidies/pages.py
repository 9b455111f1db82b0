"""The pages of the ledger: a wallet with its statement, one transaction to the fen, all accounts, one account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import get_senior
from subsidies import queries, views
from subsidies.access import BOOK_READERS, WALLET_READERS
from subsidies.schemas import CURSOR, check_day
from subsidies.seals import queries as seals

PAGE_LENGTH = 50

blueprint = Blueprint("ledger", __name__, template_folder="templates")


class PlaceIn(Schema):
    """Day and cursor in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    on = fields.Date(load_default=None, validate=check_day)
    after = fields.Integer(load_default=None, validate=CURSOR)
    below = fields.String(load_default=None, validate=validate.Regexp(queries.POSTING_CURSOR))


@blueprint.get("/wallets/<int:senior_id>")
@allow(*WALLET_READERS)
def show_wallet(senior_id: int) -> str:
    """Show a senior's points: how many, from whom, until when, and how they came and went."""
    asked, faults = read_place()
    today = business_day(clock.now())
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=current_actor(), day=today)
        wallet = queries.get_wallet(session, home=senior_id, on=today)
        page = queries.list_movements(session, home=senior_id, after=asked["after"], limit=PAGE_LENGTH)
        endings = queries.list_ending(session, home=senior_id, on=today)
    shown = {"senior": senior, "wallet": wallet, "page": page, "endings": endings, "faults": faults}
    return render_template("subsidies/wallet.html", **shown, **views.WORDS, today=today)


@blueprint.get("/wallets/<int:senior_id>/transactions/<uuid:txn_id>")
@allow(*WALLET_READERS)
def show_transaction(senior_id: int, txn_id: UUID) -> str:
    """Explain one transaction: why, by which documents, each posting, and whether its hash is right."""
    actor, again = current_actor(), "again" in request.args
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=business_day(clock.now()))
        explained = views.explain_transaction(session, home=senior_id, txn_id=txn_id, actor=actor, again=again)
    return render_template("subsidies/transaction.html", senior=senior, shown=explained, **views.WORDS)


@blueprint.get("/ledger")
@allow(*BOOK_READERS)
def show_books() -> str:
    """Show what every account gave and took until the end of a day."""
    asked, faults = read_place()
    today = business_day(clock.now())
    with transaction() as session:
        on, areas = asked["on"] or today, current_actor().area_codes
        balance = queries.trial_balance(session, on=on, area_codes=areas)
        check = views.describe_check(queries.find_last_check(session))
        seal = seals.last_seal(session)
        places = views.name_places_of(session, balance)
    shown = {"balance": balance, "groups": views.group_lines(balance), "check": check, "seal": seal, "faults": faults}
    shown["places"] = places
    return render_template("subsidies/books.html", **shown, **views.WORDS, today=today)


@blueprint.get("/ledger/accounts/<int:account_id>")
@allow(*BOOK_READERS)
def show_account(account_id: int) -> str:
    """Show what moved on one account: each day of a month, and each posting of one day."""
    asked, faults = read_place()
    on = asked["on"] or business_day(clock.now())
    with transaction() as session:
        account = queries.get_account(session, account_id=account_id, area_codes=current_actor().area_codes)
        days = queries.sum_account_days(
            session, account_id=account_id, since=on.replace(day=1), until=views.last_of_month(on)
        )
        page = queries.list_account_postings(
            session, account_id=account_id, on=on, after=asked["below"], limit=PAGE_LENGTH
        )
    shown = {"account": account, "days": days, "page": page, "faults": faults}
    return render_template("subsidies/account.html", **shown, **views.WORDS, on=on, months=views.neighbours(on))


def wallet_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of points; empty for whoever may not see them."""
    if not actor.roles & set(WALLET_READERS):
        return ""
    today = business_day(now)
    wallet = queries.get_wallet(session, home=senior_id, on=today)
    endings = queries.list_ending(session, home=senior_id, on=today)
    return render_template("subsidies/panel.html", wallet=wallet, endings=endings)


def read_place() -> tuple[dict[str, Any], list[str]]:
    """Return day and cursor of the address, and the names of those that cannot be read."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = PlaceIn().load(given)
    except ValidationError as error:
        faults = sorted(error.messages_dict)
        return PlaceIn().load({name: value for name, value in given.items() if name not in faults}), faults
    return asked, []
