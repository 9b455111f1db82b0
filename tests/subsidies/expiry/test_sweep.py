"""Points that have ended are booked once, whoever sells meanwhile and whenever the sweep is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import ZONE
from app.db import db
from subsidies import queries as ledger
from subsidies import services
from subsidies.expiry import queries
from subsidies.expiry.rules import Rollover, by_programme
from subsidies.expiry.services import Swept, expire_points
from subsidies.expiry.sweeping import sweep
from subsidies.expiry.tasks import expire_points as nightly
from subsidies.ledger.verify import verify
from subsidies.reading.wallets import MovementView
from tests.conftest import ROOT, FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.factories import CITY, SOON, Accounts, grant, new_home, new_key, open_accounts, reverse, spend

AFTER = datetime(2026, 11, 26, 0, 40, tzinfo=ZONE)
TODAY = AFTER.date()
ROLLOVERS = by_programme(
    [
        Rollover(
            document_id=7,
            programme="elder-points",
            into=("nursing", "home_help"),
            until_months=6,
            from_on=date(2020, 1, 1),
        )
    ]
)


def end_all(session: Session, home: int, rollovers: dict[str, list[Rollover]] | None = None, on: date = TODAY) -> Swept:
    ended = [lot for lot in queries.find_ended(session, until=on - timedelta(days=1)) if lot.home == home]
    return expire_points(session, ended=ended, rollovers=rollovers or {}, on=on, now=AFTER)


def movements(session: Session, home: int) -> Sequence[MovementView]:
    return ledger.list_movements(session, home=home).items


def test_what_is_left_goes_to_the_expired_points_of_its_funder(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    grant(session, home, 500, funder=accounts.district, expires_on=SOON)
    spend(session, home, 600, merchant=accounts.canteen)
    assert end_all(session, home) == Swept(booked=2, lost_fen=1900)
    [second, first, *_] = movements(session, home)
    assert (first.kind, first.balance_fen, second.balance_fen) == ("expiry", 500, 0)
    [line] = first.postings
    assert (line.debit, line.credit_kind, line.amount_fen) == (1, "expired", 1400)
    assert ledger.get_account(session, account_id=line.credit).owner_ref == f"expired:{accounts.city}"
    assert first.occurred_at == datetime(2026, 11, 26, tzinfo=ZONE)
    assert first.explanation == {
        "zh": ["14.00 元分用到 2026-11-25 为止，没有用完，到期作废"],
        "en": ["14.00 yuan in points ended on 2026-11-25, unused"],
    }
    assert ledger.is_hash_right(session, first)
    assert list(verify(session)) == []


def test_a_lot_is_good_to_the_end_of_its_last_day(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=TODAY)
    asked = [queries.EndedLot(home, 1, accounts.city, "elder-points", "any", TODAY)]
    assert expire_points(session, ended=asked, rollovers={}, on=TODAY, now=AFTER).booked == 0
    assert ledger.get_wallet(session, home=home, on=TODAY).balance_fen == 2000


def test_whether_points_are_there_does_not_depend_on_the_sweep(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    for sold_at, outcome in ((AFTER - timedelta(hours=1), "booked"), (AFTER, "points_exhausted")):
        assert spend(session, home, 500, merchant=accounts.canteen, now=sold_at).outcome == outcome
    end_all(session, home)
    assert spend(session, home, 500, merchant=accounts.canteen, now=AFTER).outcome == "points_exhausted"


def test_points_of_such_a_programme_move_into_a_lot_for_certain_services(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    assert end_all(session, home, ROLLOVERS) == Swept(booked=1, moved_fen=2000)
    wallet = ledger.get_wallet(session, home=home, on=TODAY)
    [lot] = wallet.lots
    assert (lot.purpose, lot.expires_on, lot.parent_lot) == ("home_help.nursing", date(2027, 5, 25), 1)
    assert (lot.moved_from, wallet.balance_fen) == ("any", 2000)
    moved = movements(session, home)[0]
    assert (moved.change_fen, moved.cause["policies"]) == (0, [7])
    assert "转为专项分，用到 2027-05-25" in moved.explanation["zh"][0]
    assert ledger.is_hash_right(session, moved)
    assert spend(session, home, 100, merchant=accounts.canteen, now=AFTER).outcome == "points_exhausted"
    assert end_all(session, home, ROLLOVERS, on=date(2027, 6, 1)) == Swept(booked=1, lost_fen=2000)
    assert list(verify(session)) == []


def test_a_lot_that_is_filled_again_after_it_was_swept_is_swept_again(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    paid = spend(session, home, 600, merchant=accounts.canteen)
    assert paid.txn_id
    end_all(session, home)
    # A till without a network sends it late: the meal was given back while the points were good.
    reverse(session, home, paid.txn_id, now=AFTER - timedelta(hours=1))
    assert end_all(session, home) == Swept(booked=1, lost_fen=600)
    assert end_all(session, home) == Swept()
    assert list(verify(session)) == []


def test_an_expiry_cannot_be_reversed(session: Session, accounts: Accounts, home: int) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    end_all(session, home)
    assert reverse(session, home, movements(session, home)[0].id, now=AFTER).outcome == "not_reversible"


def test_a_forged_expiry_is_found(committed_db: Session, app: Flask) -> None:
    accounts, home = open_accounts(committed_db), new_home()
    grant(committed_db, home, 2000, funder=accounts.city, expires_on=SOON)
    end_all(committed_db, home)
    committed_db.commit()
    owner = create_engine(app.config["OWNER_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE ledger.posting SET credit = :street WHERE debit = 1"), {"street": accounts.street}
        )
    owner.dispose()
    assert {fault.check for fault in verify(committed_db)} == {"chain", "expiries"}


def test_a_funder_without_an_account_of_expired_points_stops_the_sweep(
    session: Session, accounts: Accounts, home: int
) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    call = (
        "SELECT * FROM ledger.expire_many(ARRAY[:home]\\:\\:bigint[], ARRAY[1]\\:\\:bigint[], ARRAY[gen_random_uuid()],"
        " ARRAY[NULL]\\:\\:text[], ARRAY[NULL]\\:\\:date[], ARRAY['{}'], ARRAY[now()], :on, '', '', now())"
    )
    with pytest.raises(DBAPIError, match="account of expired points"):
        session.execute(text(call), {"home": home, "on": TODAY})


def test_a_payer_at_a_till_is_not_waited_for(committed_db: Session) -> None:
    accounts = open_accounts(committed_db)
    homes = [new_home(), new_home()]
    for home in homes:
        grant(committed_db, home, 1000, funder=accounts.city, expires_on=SOON)
    committed_db.commit()
    with Session(db.engine) as till:
        services.open_book(till, home=homes[0])
        ended = queries.find_ended(committed_db, until=SOON)
        part = expire_points(committed_db, ended=ended, rollovers={}, on=TODAY, now=AFTER)
        committed_db.commit()
        till.rollback()
    assert (part.booked, part.busy) == (1, 1)
    assert sweep(until=SOON, clock=lambda: AFTER) == Swept(booked=1, lost_fen=1000)


def test_the_nightly_task_waits_as_the_rules_say_and_may_run_twice(
    session: Session, accounts: Accounts, home: int, clock: FrozenClock
) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    make_policy(session, kind="expiry_rules", area_code=CITY, body={"sweep_after_days": 1})
    session.commit()
    for day, left in ((26, 2000), (27, 0), (27, 0)):
        clock.set(datetime(2026, 11, day, 0, 40, tzinfo=ZONE))
        nightly()
        lots = session.execute(text("SELECT sum(remaining_fen) FROM ledger.lot WHERE home = :home"), {"home": home})
        assert lots.scalar_one() == left


def test_the_command_shows_what_it_booked_and_refuses_a_day_that_is_not_over(
    session: Session, accounts: Accounts, home: int, clock: FrozenClock, runner: object
) -> None:
    grant(session, home, 2000, funder=accounts.city, expires_on=SOON)
    session.commit()
    clock.set(AFTER)
    told = runner.invoke(args=["ledger", "expire", "--until", "2026-11-25", "--language", "en"])  # type: ignore[attr-defined]
    assert told.exit_code == 0, told.output
    assert "20.00 yuan ended unused" in told.output
    assert runner.invoke(args=["ledger", "expire", "--until", "2026-11-26"]).exit_code == 2  # type: ignore[attr-defined]
    assert runner.invoke(args=["ledger", "expire"]).exit_code == 0  # type: ignore[attr-defined]


# Stands still in the middle of its third part: all is written there and nothing committed.
KILLED = """
from datetime import UTC, date, datetime
from time import sleep
from app import create_app
from subsidies.expiry import sweeping
from subsidies.expiry.services import expire_points
def stop_at_the_third(session, **asked):
    parts.append(expire_points(session, **asked))
    if len(parts) == 3:
        print("now", flush=True)
        sleep(60)
    return parts[-1]
parts, sweeping.expire_points = [], stop_at_the_third
with create_app().app_context():
    sweeping.sweep(until=date(2026, 11, 25), clock=lambda: datetime(2026, 11, 25, 16, 40, tzinfo=UTC), at_once=7)
"""


def test_a_sweep_that_is_killed_and_run_again_books_each_lot_once(committed_db: Session, app: Flask) -> None:
    accounts = open_accounts(committed_db)
    homes = [new_home() for _ in range(60)]
    for home in homes:
        grant(committed_db, home, 300, funder=accounts.city, expires_on=SOON, key=new_key("g"))
    committed_db.commit()
    named = {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "CHONGYANG_HOME": str(app.config["SETTINGS"].home)}
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, **named}
    )
    assert worker.stdout
    with worker.stdout:
        assert worker.stdout.readline() == b"now\n"
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    left = queries.count_ended(committed_db, until=SOON)
    assert left == 60 - 2 * 7
    assert sweep(until=SOON, clock=lambda: AFTER) == Swept(booked=left, lost_fen=left * 300)
    kinds = committed_db.execute(text("SELECT kind, count(*), count(DISTINCT home) FROM ledger.txn GROUP BY kind"))
    assert {row[0]: (row[1], row[2]) for row in kinds} == {"grant": (60, 60), "expiry": (60, 60)}
    assert list(verify(committed_db)) == []
