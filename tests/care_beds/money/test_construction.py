"""The building of a bed is counted from what was built in, asked for by one, paid by another, once."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.approvals.errors import NotSubmitted, SelfApproval
from app.errors import Invalid
from app.people.models import Senior
from app.pictures.models import Picture
from app.tokens import new_id
from care_beds.beds.models import BedAdaptation, BedDevice
from care_beds.beds.rules import Step
from care_beds.money import built_reading, construction
from care_beds.money.errors import (
    BedChanged,
    BedNotBuilt,
    BuiltBefore,
    BuiltForPublicOnly,
    ConstructionAsked,
    ConstructionNotFound,
    NothingBuilt,
)
from care_beds.money.models import BedConstruction
from care_beds.money.policy import BED_SUBSIDY
from care_beds.money.recomputing import recompute_construction
from subsidies import queries as ledger
from subsidies.queries import Booked
from tests.care_beds.factories import make_bed, make_bed_in_service, take_step
from tests.care_beds.money.world import OCTOBER, CareWorld, make_world


def build_in(world: CareWorld, *, devices: tuple[str, ...] = ("sos", "radio"), cost_fen: int = 200_000) -> None:
    """Build devices in, and adapt the home."""
    session = world.session
    for n, kind in enumerate(devices):
        session.add(
            BedDevice(
                bed_id=world.bed.id,
                kind=kind,
                serial=f"{world.bed.id}-{kind}-{n}",
                state="tested",
                installed_on=OCTOBER,
                installed_by=world.clerk.account_id,
                tested_on=OCTOBER,
                tested_by=world.approver.account_id,
            )
        )
    if cost_fen:
        adapt(world, cost_fen)
    session.flush()


def adapt(world: CareWorld, cost_fen: int) -> None:
    """Change the home, with a picture of before and one of after."""
    before, after = _picture(world), _picture(world)
    world.session.add(
        BedAdaptation(
            bed_id=world.bed.id,
            item="grab_bar",
            state="done",
            cost_fen=cost_fen,
            done_on=OCTOBER,
            before_picture_id=before,
            after_picture_id=after,
            built_by=world.clerk.account_id,
        )
    )
    world.session.flush()


def _picture(world: CareWorld) -> UUID:
    picture = Picture(
        id=new_id(),
        area_code=world.bed.area_code,
        owner_kind="bed",
        owner_ref=str(world.bed.id),
        purpose="adaptation",
        media_type="image/jpeg",
        size_bytes=1,
        width=1,
        height=1,
        phash=0,
        sha256=bytes(32),
        kept_by=world.clerk.account_id,
        kept_at=clock.now(),
    )
    world.session.add(picture)
    world.session.flush()
    return picture.id


def ask(world: CareWorld) -> BedConstruction:
    return construction.ask_construction(world.session, bed_id=world.bed.id, by=world.clerk, now=clock.now())


def pay(world: CareWorld) -> BedConstruction:
    return construction.pay_construction(world.session, bed_id=world.bed.id, by=world.approver, now=clock.now())


def test_a_building_is_asked_for_by_one_and_paid_by_another(world: CareWorld) -> None:
    build_in(world)
    assert ask(world).state == "submitted"
    with pytest.raises(SelfApproval):
        construction.pay_construction(world.session, bed_id=world.bed.id, by=world.clerk, now=clock.now())
    paid = pay(world)
    assert (paid.state, paid.amount_fen) == ("paid", 230_000)
    assert paid.txn_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=paid.txn_id)
    assert movement.public_fen == 230_000
    assert movement.explanation["zh"][1:] == [
        f"床位建设补贴，床位 {world.bed.number}，只付一次",
        "适老化改造花费 2000.00 元，补 100%，最多 3000.00 元，计 2000.00 元",
        f"求助键（{world.bed.id}-sos-0）300.00 元",
        f"radio（{world.bed.id}-radio-1）不在补贴清单",
    ]
    again = recompute_construction(world.session, Booked(home=world.home, id=paid.txn_id, kind="spend", cause={}))
    assert again is not None
    assert again.is_same
    with pytest.raises(ConstructionAsked):
        ask(world)
    with pytest.raises(NotSubmitted):
        pay(world)


def test_a_device_that_went_back_is_not_paid_again_in_another_bed(world: CareWorld) -> None:
    build_in(world, devices=("sos",), cost_fen=0)
    ask(world)
    pay(world)
    first, serial = world.bed, f"{world.bed.id}-sos-0"
    world.session.execute(update(BedDevice).values(state="returned", returned_on=OCTOBER))
    world.bed = make_bed_in_service(world.session, provider=world.provider)
    build_in(world, devices=("sos",), cost_fen=10_000)
    world.session.execute(update(BedDevice).where(BedDevice.bed_id == world.bed.id).values(serial=serial))
    ask(world)
    paid = pay(world)
    assert paid.amount_fen == 10_000
    assert paid.txn_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=paid.txn_id)
    assert movement.explanation["zh"][-1] == f"求助键（{serial}）已在床位 {first.number} 补过，不再补"
    again = recompute_construction(world.session, Booked(home=world.home, id=paid.txn_id, kind="spend", cause={}))
    assert again is not None
    assert again.is_same


def test_what_was_sent_back_is_counted_anew(world: CareWorld) -> None:
    build_in(world, cost_fen=0)
    ask(world)
    sent = construction.reject_construction(
        world.session, bed_id=world.bed.id, reason="少一张照片", by=world.approver, now=clock.now()
    )
    assert (sent.state, sent.reason) == ("rejected", "少一张照片")
    with pytest.raises(Invalid):
        construction.reject_construction(
            world.session, bed_id=world.bed.id, reason=" ", by=world.approver, now=clock.now()
        )
    adapt(world, 10_000)
    assert ask(world).amount_fen == 40_000
    assert pay(world).state == "paid"


def test_what_changed_since_it_was_handed_in_is_not_paid(world: CareWorld) -> None:
    build_in(world, cost_fen=0)
    ask(world)
    adapt(world, 10_000)
    with pytest.raises(BedChanged):
        pay(world)


def test_a_bed_without_anything_paid_for_is_refused(world: CareWorld) -> None:
    build_in(world, devices=("radio",), cost_fen=0)
    with pytest.raises(NothingBuilt):
        ask(world)


def test_a_bed_that_was_not_accepted_is_refused(world: CareWorld) -> None:
    bed = make_bed(world.session, on=date(2026, 10, 1))
    with pytest.raises(BedNotBuilt):
        construction.ask_construction(world.session, bed_id=bed.id, by=world.clerk, now=clock.now())


def test_a_programme_without_public_money_is_refused(session: Session) -> None:
    construction_terms = {**BED_SUBSIDY.example["construction"], "programmes": ["public"]}
    world = make_world(session, subsidy={"construction": construction_terms}, programme="own")
    build_in(world)
    with pytest.raises(BuiltForPublicOnly):
        ask(world)


def test_the_same_person_is_not_built_for_twice_within_years(world: CareWorld) -> None:
    build_in(world)
    ask(world)
    pay(world)
    session = world.session
    take_step(session, world.bed, Step.CLOSE, on=date(2026, 11, 1))
    world.bed = make_bed_in_service(
        session, provider=world.provider, senior=session.get_one(Senior, world.home), on=date(2026, 11, 5)
    )
    build_in(world)
    with pytest.raises(BuiltBefore) as refused:
        ask(world)
    assert "60" in str(refused.value.detail)


def test_nobody_asks_for_beds_of_other_places(world: CareWorld) -> None:
    with pytest.raises(ConstructionNotFound):
        construction.ask_construction(world.session, bed_id=999_999, by=world.clerk, now=clock.now())
    with pytest.raises(ConstructionNotFound):
        pay(world)


def test_the_database_keeps_what_was_paid(world: CareWorld) -> None:
    build_in(world)
    ask(world)
    pay(world)
    with pytest.raises(DBAPIError), world.session.begin_nested():
        world.session.execute(text("UPDATE bed_construction SET amount_fen = 1"))


def test_lists_say_how_far_each_bed_is(world: CareWorld) -> None:
    assert built_reading.count_built(world.session, actor=world.clerk) == {"to_ask": 1}
    build_in(world)
    ask(world)
    page = built_reading.list_built(world.session, actor=world.clerk)
    assert [(each.bed_number, each.state, each.amount_fen) for each in page.items] == [
        (world.bed.number, "submitted", 230_000)
    ]
    assert built_reading.list_built(world.session, actor=world.clerk, state="to_ask").items == []
