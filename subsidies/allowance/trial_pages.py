"""The page that tries a programme on last month's people before anybody approves it."""

from flask import render_template, request

from app import clock
from app.areas.queries import find_names, full_name
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.policies.access import reading_areas
from app.policies.queries import get_policy_for
from app.vault import mask_name
from subsidies.allowance import queries
from subsidies.allowance.access import READERS
from subsidies.allowance.errors import NoProgramme
from subsidies.allowance.kind import NAME
from subsidies.allowance.run_pages import blueprint
from subsidies.allowance.schemas import ListIn, read_address
from subsidies.allowance.trying import as_rows, month_before, try_programme


@blueprint.get("/trials/<int:policy_id>")
@allow(*READERS)
def show_trial(policy_id: int) -> str:
    """Show what a document would have changed last month: cost, winners and losers by area. Writes nothing."""
    month = read_address(ListIn, request.args)["month"] or month_before(business_day(clock.now()))
    with transaction() as session:
        policy = get_policy_for(session, policy_id, area_codes=reading_areas(current_actor()))
        if policy.kind != NAME:
            raise NoProgramme
        trial = try_programme(session, policy, month=month)
        names = queries.find_names(session, [each.senior_id for each in (*trial.winners, *trial.losers)])
        return render_template(
            "allowance/trial.html",
            policy=policy,
            month=month,
            trial=trial,
            by_area=as_rows(trial.areas),
            areas=find_names(session, trial.areas),
            area_name=full_name(session, policy.area_code) or policy.area_code,
            names={number: mask_name(name) for number, name in names.items()},
        )
