"""Loading the demonstration: it adds up, it comes out the same, it loads only once."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.clock import business_day
from app.db import db, transaction
from demo import services
from demo.first_start import ensure_demo
from demo.greeting import greet
from demo.safety_living import catch_up
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from tests.demo.conftest import DAYS, LOADED_AT, SENIORS, MakeApp, at_loading

TOLD = {
    "people": "SELECT s.name, s.birth_on, s.sex, s.residence_area_code, c.number, c.state"
    " FROM senior AS s LEFT JOIN card AS c ON c.senior_id = s.id ORDER BY s.id, c.number",
    "sales": "SELECT id, number, card, price_fen, public_fen, concession_fen, points_fen, cash_fen, occurred_at,"
    " reversed_at IS NULL FROM checkout ORDER BY occurred_at, id",
    "points": "SELECT home, balance_fen, seq FROM ledger.book ORDER BY home",
    "scans": "SELECT at, reason, code_tail FROM failed_scan ORDER BY at, code_tail",
}


def rows(statement: str) -> list[Any]:
    return [tuple(row) for row in db.session.execute(text(statement))]


def one(statement: str) -> Any:
    return db.session.execute(text(statement)).scalar_one()


def test_two_loads_come_out_the_same(demo: Flask, make_empty: MakeApp) -> None:
    first = {name: rows(statement) for name, statement in TOLD.items()}
    other = make_empty("demo_again")
    with at_loading(), other.app_context():
        outcome = other.test_cli_runner().invoke(args=["demo", "load", "--seniors", str(SENIORS), "--days", str(DAYS)])
        assert outcome.exit_code == 0, outcome.output
        second = {name: rows(statement) for name, statement in TOLD.items()}
        db.session.remove()
    assert first == second


def test_the_ledger_verifies_and_balances(demo: Flask) -> None:
    with transaction() as session:
        assert list(verify(session)) == []
        balance = ledger.trial_balance(session, on=business_day(LOADED_AT))
    assert balance.debit_fen == balance.credit_fen > 0


def test_every_sale_stands_in_the_ledger_with_its_amounts(demo: Flask) -> None:
    assert one("SELECT count(*) FROM checkout") > 30
    moved = """
        SELECT count(*) FROM checkout AS k CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen) FILTER (WHERE debit = 1), 0) AS points_fen,
                   coalesce(sum(amount_fen) FILTER (WHERE debit <> 1), 0) AS public_fen
              FROM ledger.posting AS p WHERE p.home = k.home AND p.txn_id = k.id) AS p
         WHERE k.points_fen <> p.points_fen OR k.public_fen <> p.public_fen"""
    assert one(moved) == 0
    told = "SELECT count(*) FROM ledger.idem AS i JOIN checkout AS k ON k.id::text = i.response ->> 'id'"
    assert one(told) == one("SELECT count(*) FROM checkout")


def test_receipts_tell_the_balance_that_the_ledger_had(demo: Flask) -> None:
    # Of points that ended meanwhile the book still knows, the receipt does not.
    wrong = """
        SELECT count(*) FROM ledger.idem AS i JOIN checkout AS k ON k.id = i.txn_id
         WHERE (i.response ->> 'balance_fen')::bigint > i.balance_fen"""
    assert one(wrong) == 0


def test_two_streets_have_different_discounts(demo: Flask) -> None:
    assert one("SELECT count(DISTINCT policy_ids) FROM checkout") > 2


def test_the_checks_ran_and_the_canteen_was_asked_about_the_burst(demo: Flask) -> None:
    assert one("SELECT count(*) FROM finding_run WHERE finished_at IS NOT NULL") == 1
    assert one("SELECT count(*) FROM finding_run_check WHERE fault <> ''") == 0
    assert rows("SELECT state, asked_of FROM finding WHERE check_code = 'R5'") == [("asked", "canteen")]


def test_twenty_four_canteens_of_three_kinds(demo: Flask) -> None:
    assert dict(rows("SELECT kind, count(*) FROM canteen GROUP BY kind")) == {
        "central_kitchen": 2,
        "canteen": 13,
        "meal_point": 9,
    }
    assert one("SELECT count(*) FROM canteen WHERE licence_expires_on < '2026-11-20'") == 1
    assert one("SELECT count(*) FROM canteen WHERE agreement_expires_on BETWEEN '2026-11-20' AND '2026-12-04'") == 1
    assert (
        one("SELECT count(*) FROM dish AS d WHERE NOT EXISTS (SELECT FROM dish_price AS p WHERE p.dish_id = d.id)") == 0
    )


def test_policies_have_two_pairs_of_eyes(demo: Flask) -> None:
    assert one("SELECT count(*) FROM policy_document WHERE state = 'published' AND maker_id <> checker_id") >= 4


def test_nothing_happens_after_the_moment_of_loading(demo: Flask) -> None:
    for moments in ("occurred_at FROM checkout", "booked_at FROM ledger.txn", "at FROM failed_scan"):
        assert all(moment <= LOADED_AT for (moment,) in rows(f"SELECT {moments}"))


def test_a_second_load_is_refused_in_words(demo: Flask) -> None:
    outcome = demo.test_cli_runner().invoke(args=["demo", "load", "--seniors", "5"])
    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.output
    assert one("SELECT count(*) FROM senior") == SENIORS


def test_a_second_start_leaves_the_data_alone(demo: Flask) -> None:
    ensure_demo()
    assert one("SELECT count(*) FROM senior") == SENIORS


def test_the_checks_found_what_is_odd(demo: Flask) -> None:
    assert one("SELECT count(*) FROM finding WHERE check_code = 'R7' AND facts ->> 'why' = 'closed_weekday'") <= 1
    found = {code for (code,) in rows("SELECT DISTINCT check_code FROM finding")}
    assert found >= {"R1", "R5"}


def test_care_beds_stand_at_many_steps_one_month_is_paid_and_the_tricks_are_found(demo: Flask) -> None:
    states = {state for (state,) in rows("SELECT DISTINCT state FROM care_bed")}
    assert {"applied", "planned", "adapted", "in_service"} <= states
    assert one("SELECT count(*) FROM bed_month WHERE state = 'paid' AND subsidy_fen > 0") == 1
    assert one("SELECT count(*) FROM visit_payment WHERE price_fen > 0") > 5
    assert one("SELECT count(*) FROM care_visit WHERE state = 'planned' AND visit_on > '2026-11-20'") > 0
    assert rows("SELECT state FROM visit_objection") == [("open",)]
    found = {code for (code,) in rows("SELECT DISTINCT check_code FROM finding WHERE check_code LIKE 'B%'")}
    assert found >= {"B1", "B2", "B3", "B4", "B5", "B7", "B8", "B9", "B10", "B12"}


def test_homes_live_up_to_now_and_the_desk_has_alerts_in_several_states(demo: Flask) -> None:
    assert one("SELECT count(*) FROM safety_home WHERE state = 'active'") >= 4
    assert one("SELECT count(*) FROM safety_event WHERE occurred_at > '2026-11-20'") > 50
    assert one("SELECT count(*) FROM safety_home_state WHERE rhythm_on IS NULL") == 0
    states = {state for (state,) in rows("SELECT DISTINCT state FROM safety_incident")}
    assert states >= {"raised", "acknowledged", "cleared_unseen", "shelved", "closed"}
    # What stands open is what was meant to: ordinary lives alarm nobody.
    life = "SELECT count(*) FROM safety_incident WHERE lane = 'life' AND state IN ('raised', 'acknowledged')"
    assert one(f"{life} AND rule <> 'sos'") == 0
    assert rows("SELECT state, count(*) FROM safety_request GROUP BY state") == [("open", 1)]


def test_what_homes_did_while_the_product_was_off_is_taken_in_at_the_next_start(demo: Flask) -> None:
    with transaction() as session:
        taken = catch_up(session, now=LOADED_AT + timedelta(hours=3))
        again = catch_up(session, since=LOADED_AT, now=LOADED_AT + timedelta(hours=3))
        session.rollback()
    assert taken > 30
    # Signs of life count each time; what somebody did counts once.
    assert again < taken


def test_a_key_is_pressed_by_a_command_and_an_unknown_home_is_refused(demo: Flask) -> None:
    pressed = demo.test_cli_runner().invoke(args=["demo", "press-sos"])
    assert pressed.exit_code == 0, pressed.output
    assert one("SELECT count(*) FROM safety_incident WHERE rule = 'sos' AND state = 'raised'") == 1
    assert demo.test_cli_runner().invoke(args=["demo", "press-sos", "99"]).exit_code == 1


def test_the_greeting_names_log_ins_and_cards(demo: Flask) -> None:
    told = greet()
    assert all(
        name in told for name in ("cashier", "clerk", "approver", "carer", "provider", "auditor", "admin", "demo-2026")
    )
    assert all(words in told for words in ("has not eaten today", "reported lost", "had this meal already"))


def test_without_the_demonstration_there_is_nothing_to_say(session: Any) -> None:
    assert greet() == ""


def test_a_city_for_measuring_has_points_and_no_history(make_empty: MakeApp) -> None:
    app = make_empty("demo_bench")
    with at_loading(), app.app_context():
        with transaction() as session:
            loaded = services.load(session, seniors=30, days=0, welcome_fen=5000, now=LOADED_AT)
        services.refresh_statistics()
        assert (loaded.seniors, loaded.sales) == (30, 0)
        assert one("SELECT count(*) FROM ledger.book WHERE balance_fen >= 5000") == one(
            "SELECT count(DISTINCT senior_id) FROM card"
        )
        db.session.remove()


def test_the_last_days_drawers_were_counted(demo: Flask) -> None:
    assert one("SELECT count(*) FROM till_shift WHERE closed_at IS NOT NULL") > 0
    assert one("SELECT count(*) FROM till_shift WHERE counted_fen <> expected_fen AND reason = ''") == 0
    # What was sold at its tills in these days was sold in a shift.
    outside = """
        SELECT count(*) FROM checkout AS k WHERE k.canteen_id IN (SELECT canteen_id FROM till_shift)
           AND k.till_id IS NOT NULL AND k.meal_on IN (SELECT day FROM till_shift) AND NOT EXISTS (
               SELECT FROM till_shift AS s WHERE s.till_id = k.till_id
                  AND k.occurred_at >= s.opened_at AND k.occurred_at < s.closed_at)"""
    assert one(outside) == 0


def test_meals_were_brought_home_and_one_neighbour_fetches_for_too_many(demo: Flask) -> None:
    states = dict(rows("SELECT state, count(*) FROM delivery GROUP BY state"))
    assert {"handed", "out", "returned", "ordered"} <= set(states)
    found = dict(
        rows("SELECT check_code, count(*) FROM finding WHERE check_code IN ('R17', 'R21') GROUP BY check_code")
    )
    assert found == {"R17": 1, "R21": 1}
    assert one("SELECT count(*) FROM delivery WHERE fee_fen > 0") > 0


def test_a_list_of_deaths_waits_on_the_clerks_desk(demo: Flask) -> None:
    found = rows("SELECT match, state FROM turn_list_row ORDER BY number")
    assert found == [("exact", "waiting"), ("near", "review"), ("nobody", "nobody")]
    assert one("SELECT count(*) FROM life_turn WHERE kind = 'death'") == 1
