"""The statement: what came, what went and why, month by month."""

from flask import Blueprint, render_template, request

from app import clock
from app.auth import allow
from app.clock import business_day
from app.db import transaction
from app.people.relatives.reach import Topic
from meals.page_words import undo_reason
from portal import queries
from portal.rules import Sort, month_after, month_before, month_days, read_month
from portal.visiting import VISITORS, visit
from portal.wording import SORT_NAMES, share_lines, title_of
from subsidies.disputes.queries import find_disputes

blueprint = Blueprint("family_statement", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("/<int:senior_id>/statement")
@allow(*VISITORS)
def show_statement(senior_id: int) -> str:
    """Show a month of somebody's points, each line with its explanation."""
    now = clock.now()
    today = business_day(now)
    month = read_month(request.args.get("month", ""), today=today)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.BALANCE, now=now)
        knows_meals = Topic.MEALS in reached.topics
        statement = queries.get_statement(session, senior_id=senior_id, month=month, knows_meals=knows_meals, now=now)
        asked = find_disputes(session, home=senior_id, txn_ids=[each.id for each in statement.entries], today=today)
    found = {entry.sort for entry in statement.entries}
    chosen = request.args.get("sort", "")
    words = {"title_of": title_of, "share_lines": share_lines, "sorts": SORT_NAMES, "undo_reason": undo_reason}
    return render_template(
        "portal/statement.html",
        reached=reached,
        statement=statement,
        disputes=asked,
        entries=[entry for entry in statement.entries if chosen in ("", entry.sort)],
        found=[sort for sort in Sort if sort in found],
        chosen=chosen,
        before=month_before(month),
        after=month_after(month) if month_after(month) <= today else None,
        last_on=min(month_days(month)[1], today),
        today=today,
        **words,
    )
