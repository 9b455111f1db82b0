"""Everything that can be done with plans and visits."""

from care_beds.visits.changing import book_visit, cancel_visit, cover_visit, drop_gap, fill_gap, miss_visit, move_visit
from care_beds.visits.exceptions import decide_exception, may_decide, raise_exceptions
from care_beds.visits.keeping import close_left_open, confirm_lapsed, keep_ahead, miss_unrecorded
from care_beds.visits.planning import Planned, call_off_visits, generate_visits
from care_beds.visits.plans import (
    Line,
    add_line,
    agree_plan,
    change_carer,
    change_plan,
    drop_line,
    drop_plan,
    end_plans,
    make_plan,
    plan_ahead,
    return_plan,
    submit_plan,
)

__all__ = [
    "Line",
    "Planned",
    "add_line",
    "agree_plan",
    "book_visit",
    "call_off_visits",
    "cancel_visit",
    "change_carer",
    "change_plan",
    "close_left_open",
    "confirm_lapsed",
    "cover_visit",
    "decide_exception",
    "drop_gap",
    "drop_line",
    "drop_plan",
    "end_plans",
    "fill_gap",
    "generate_visits",
    "keep_ahead",
    "make_plan",
    "may_decide",
    "miss_unrecorded",
    "miss_visit",
    "move_visit",
    "plan_ahead",
    "raise_exceptions",
    "return_plan",
    "submit_plan",
]
