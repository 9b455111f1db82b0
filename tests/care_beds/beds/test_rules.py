"""The life of a bed as data: each step follows, is somebody's, is due by a day; and the database knows the same."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from care_beds.beds import rules
from care_beds.beds.rules import (
    COUNTED,
    ENDED,
    LIVE,
    NEXT,
    STEPS,
    BedTerms,
    DeviceState,
    Fitting,
    ItemState,
    Lack,
    Missing,
    Objection,
    Programme,
    State,
    Step,
    Unfit,
    Work,
)

PUBLIC = Programme(
    code="public",
    title={"zh": "政府补助", "en": "Public"},
    age_from=60,
    levels=frozenset({2, 3, 4}),
    income_classes=frozenset({"low_income"}),
    devices=("sos",),
)
TERMS = BedTerms(
    policy_id=7,
    programmes=(PUBLIC,),
    days=dict.fromkeys(COUNTED, 10) | {"adapt": 30},
    hospital_days=15,
    agreement_months=12,
    agreement_back_days=30,
    agreement_ahead_days=60,
    survey_months=6,
)
ON = date(2026, 11, 20)
CLERK = {"street_clerk"}


def test_the_database_knows_the_same_steps(session: Session) -> None:
    found = session.execute(
        text(
            "SELECT step, from_state, to_state FROM unnest(cast(:steps AS text[])) AS step,"
            " unnest(cast(:states AS text[])) AS from_state, unnest(cast(:states AS text[])) AS to_state"
            " WHERE bed_step_leads(step, from_state, to_state)"
        ),
        {"steps": [str(step) for step in Step], "states": [str(state) for state in State]},
    )
    ours = {
        (str(step), str(state), str(rules.leads_to(step, state)))
        for step, rule in STEPS.items()
        for state in rule.from_states
    }
    assert {tuple(row) for row in found} == ours
    assert session.scalar(text("SELECT bed_step_leads('apply', NULL, 'applied')"))


def test_every_state_leads_on_until_the_bed_has_ended() -> None:
    assert set(NEXT) == set(State) - set(ENDED)
    for state, step in NEXT.items():
        assert state in STEPS[step].from_states
    assert all(
        not rules.list_steps(state, roles={role for rule in STEPS.values() for role in rule.roles}) for state in ENDED
    )


@pytest.mark.parametrize(
    ("step", "state", "roles", "objection"),
    [
        (Step.APPLY, None, CLERK, None),
        (Step.APPLY, None, {"elder"}, None),
        (Step.APPLY, None, {"carer"}, Objection.WRONG_ROLE),
        (Step.APPLY, State.APPLIED, CLERK, Objection.WRONG_STATE),
        (Step.SURVEY, State.APPLIED, CLERK, Objection.WRONG_STATE),
        (Step.SURVEY, State.ASSESSED, {"assessor"}, None),
        (Step.ACCEPT, State.AGREED, CLERK, Objection.WRONG_STATE),
        (Step.ACCEPT, State.ADAPTED, {"provider_manager"}, Objection.WRONG_ROLE),
        (Step.ADAPT, State.AGREED, CLERK, Objection.WRONG_ROLE),
        (Step.START, State.ADAPTED, CLERK, Objection.WRONG_STATE),
        (Step.CLOSE, State.CLOSED, CLERK, Objection.WRONG_STATE),
        (Step.REFUSE, State.AGREED, CLERK, Objection.WRONG_STATE),
    ],
)
def test_a_step_is_taken_in_its_place_by_its_people(
    step: Step, state: State | None, roles: set[str], objection: Objection | None
) -> None:
    assert rules.object_to(step, state=state, roles=roles) is objection


@pytest.mark.parametrize(
    ("state", "valid_until", "due_on"),
    [
        (State.APPLIED, None, date(2026, 11, 30)),
        (State.AGREED, None, date(2026, 12, 20)),
        (State.IN_SERVICE, date(2027, 11, 1), date(2027, 10, 31)),
        (State.IN_SERVICE, None, None),
        (State.CLOSING, None, date(2026, 11, 30)),
        (State.CLOSED, None, None),
        (State.REFUSED, None, None),
    ],
)
def test_what_comes_next_is_due_by_a_day(state: State, valid_until: date | None, due_on: date | None) -> None:
    assert rules.find_due_on(state, on=ON, terms=TERMS, valid_until=valid_until) == due_on


@pytest.mark.parametrize(
    ("age", "income", "level", "unfit"),
    [
        (60, "low_income", None, []),
        (59, "low_income", 2, [Unfit.TOO_YOUNG]),
        (80, "none", 2, [Unfit.INCOME]),
        (80, "low_income", 1, [Unfit.LEVEL]),
        (80, "low_income", 4, []),
        (50, "none", 0, [Unfit.TOO_YOUNG, Unfit.INCOME, Unfit.LEVEL]),
    ],
)
def test_a_programme_is_for_some(age: int, income: str, level: int | None, unfit: list[Unfit]) -> None:
    assert list(rules.list_unfit(PUBLIC, age=age, income_class=income, level=level)) == unfit


def work(state: ItemState, *, before: bool = False, after: bool = False, builder: int | None = None) -> Work:
    return Work(item="grab_bar", state=state, has_before=before, has_after=after, builder=builder)


def device(state: DeviceState, *, kind: str = "sos", installer: int | None = 5) -> Fitting:
    return Fitting(kind=kind, state=state, installer=installer)


@pytest.mark.parametrize(
    ("works", "fittings", "unbuilt", "unproved"),
    [
        ([], [], [Missing.DEVICE], [Missing.DEVICE]),
        ([], [device(DeviceState.WANTED)], [Missing.DEVICE], [Missing.DEVICE]),
        ([], [device(DeviceState.INSTALLED)], [], [Missing.TEST]),
        ([], [device(DeviceState.TESTED)], [], []),
        ([], [device(DeviceState.WAIVED)], [], []),
        ([], [device(DeviceState.LOST)], [Missing.DEVICE], [Missing.DEVICE]),
        ([], [device(DeviceState.FAULTY)], [], [Missing.FAULTY]),
        ([work(ItemState.WANTED)], [device(DeviceState.TESTED)], [Missing.BEFORE, Missing.AFTER], None),
        ([work(ItemState.WANTED, before=True)], [device(DeviceState.TESTED)], [Missing.AFTER], None),
        ([work(ItemState.DONE, before=True, after=True)], [device(DeviceState.TESTED)], [], []),
        ([work(ItemState.WAIVED)], [device(DeviceState.TESTED)], [], []),
    ],
)
def test_nothing_is_accepted_that_is_missing_or_untested(
    works: list[Work], fittings: list[Fitting], unbuilt: list[Missing], unproved: list[Missing] | None
) -> None:
    found = rules.list_unbuilt(works, fittings, required=("sos",))
    assert [lack.what for lack in found] == unbuilt
    proved = rules.list_unproved(works, fittings, required=("sos",))
    assert [lack.what for lack in proved] == (unbuilt if unproved is None else unproved)


def test_lacks_say_of_what() -> None:
    assert list(rules.list_unbuilt([], [], required=("sos", "smoke"))) == [
        Lack(Missing.DEVICE, "sos"),
        Lack(Missing.DEVICE, "smoke"),
    ]


def test_whoever_built_does_not_accept() -> None:
    works = [work(ItemState.DONE, before=True, after=True, builder=3), work(ItemState.WAIVED, builder=4)]
    fittings = [device(DeviceState.TESTED, installer=5), device(DeviceState.LOST, installer=6)]
    assert [who for who in range(8) if rules.has_built(who, works, fittings)] == [3, 5]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 20), 2, date(2027, 1, 20)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_end_where_months_end(day: date, months: int, later: date) -> None:
    assert rules.add_months(day, months) == later


def test_a_number_begins_with_the_district() -> None:
    assert rules.number_of("330105011003", 172) == "330105-0172"


def test_the_sixteenth_day_is_a_long_stay() -> None:
    assert rules.first_long_day(date(2026, 11, 1), 15) == date(2026, 11, 16)


def test_live_beds_are_those_that_do_not_end() -> None:
    assert not set(LIVE) & {*ENDED, State.CLOSING}
