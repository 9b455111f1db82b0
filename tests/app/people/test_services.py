"""Registering seniors, changing them, recording how they are, and showing what is sealed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import clock as app_clock
from app import vault
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people import queries, services
from app.people.errors import AlreadyRegistered, AreaNotYours, DeceasedRegistered
from app.people.models import Senior, SeniorStatus
from app.people.rules import Status
from app.people.timeline import Period
from tests.app.areas.factories import make_place
from tests.app.people.factories import OTHER_STREET, STREET, make_actor, make_id_number, make_senior, make_status, moved

NUMBER = make_id_number(date(1941, 3, 5), serial=12)


@pytest.fixture
def clerk(session, clock):
    make_place(session, STREET)
    make_place(session, OTHER_STREET)
    return make_actor(session)


def register(session, clerk, **changes):
    fields = {"name": "王秀英", "id_number": NUMBER, "hukou_area": STREET, "residence_area": STREET} | changes
    return services.register_senior(session, fields=fields, actor=clerk, now=app_clock.now())


def faults(refusal) -> dict[str, list[str]]:
    return {field: [str(sentence) for sentence in sentences] for field, sentences in refusal.value.errors.items()}


def last_entry(session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_a_registered_senior_is_active_from_today_and_known_by_birth_and_sex(session, clerk):
    senior_id = register(session, clerk, phone="138 0013 8000", income_class="低保", ability_level="2")
    view = queries.get_senior(session, senior_id=senior_id, actor=clerk, day=date(2026, 11, 20))
    assert (view.name, view.age, view.sex, view.status) == ("王秀英", 85, "female", "active")
    assert (view.income_class, view.ability_level) == ("low_income", 2)
    assert queries.list_statuses(session, senior_id=senior_id) == [Period(Status.ACTIVE, date(2026, 11, 20))]


def test_numbers_are_masked_when_shown_and_unreadable_in_the_database(session, clerk):
    senior_id = register(session, clerk, phone="13800138000", address="北山路 1 号")
    view = queries.get_senior(session, senior_id=senior_id, actor=clerk, day=date(2026, 11, 20))
    assert view.id_number == f"{NUMBER[:6]}********{NUMBER[-4:]}"
    assert view.phone == "138****8000"
    stored = str(session.execute(text("SELECT * FROM senior WHERE id = :id"), {"id": senior_id}).one())
    for secret in (NUMBER, "13800138000", "北山路", NUMBER[6:14]):
        assert secret not in stored.replace("datetime.date(1941, 3, 5)", "")


def test_the_log_says_who_registered_whom_without_numbers(session, clerk):
    senior_id = register(session, clerk, phone="13800138000", address="北山路 1 号")
    entry = last_entry(session)
    assert (entry.action, entry.subject_kind, entry.subject_id) == ("senior.registered", "senior", str(senior_id))
    assert (entry.account_name, entry.area_code) == ("周敏", STREET)
    assert entry.new["name"] == "王秀英"
    assert not any(secret in str(entry.new) for secret in (NUMBER, "13800138000", "北山路"))


def test_one_id_number_is_one_person(session, clerk):
    register(session, clerk)
    with pytest.raises(AlreadyRegistered):
        register(session, clerk, name="别人")


def test_the_old_15_digit_number_is_the_same_person(session, clerk):
    number = make_id_number(date(1941, 3, 5), serial=12)
    register(session, clerk)
    with pytest.raises(AlreadyRegistered):
        register(session, clerk, id_number=number[:6] + number[8:17])


def test_a_deceased_person_cannot_be_registered_again(session, clerk, clock):
    senior_id = register(session, clerk)
    die(session, clerk, senior_id)
    clock.advance(days=900)
    with pytest.raises(DeceasedRegistered):
        register(session, clerk)


def die(session, clerk, senior_id, on=date(2026, 11, 20)):
    services.record_status(
        session,
        senior_id=senior_id,
        status=Status.DECEASED,
        from_on=on,
        until_on=None,
        actor=clerk,
        now=app_clock.now(),
    )


def test_every_wrong_field_is_named_at_once(session, clerk):
    with pytest.raises(Invalid) as refusal:
        register(
            session,
            clerk,
            name="",
            id_number="110105194912310021",
            phone="1380013800",
            residence_area="330106999",
            income_class="rich",
            ability_level="5",
        )
    told = faults(refusal)
    assert set(told) == {"name", "id_number", "phone", "residence_area", "income_class", "ability_level"}
    assert "10" in told["phone"][0]
    assert session.scalar(select(Senior.id)) is None


def test_birth_date_and_sex_given_beside_must_agree(session, clerk):
    with pytest.raises(Invalid) as refusal:
        register(session, clerk, birth_date="1941-03-06", sex="male")
    assert set(faults(refusal)) == {"birth_date", "sex"}
    assert register(session, clerk, birth_date="1941年3月5日", sex="女")


def test_a_senior_of_neither_hukou_nor_home_here_is_for_another_street(session, clerk):
    with pytest.raises(AreaNotYours):
        register(session, clerk, hukou_area=OTHER_STREET, residence_area=OTHER_STREET)
    assert register(session, clerk, hukou_area=OTHER_STREET, residence_area=STREET)


def test_sql_and_script_in_a_name_are_just_a_name(session, clerk):
    name = "<script>'; DROP TABLE senior;--"
    senior_id = register(session, clerk, name=name)
    assert queries.get_senior(session, senior_id=senior_id, actor=clerk, day=date(2026, 11, 20)).name == name


def test_a_change_is_logged_with_old_and_new_but_never_the_number(session, clerk):
    senior_id = register(session, clerk, phone="13800138000")
    changes = {"name": "王秀瑛", "phone": "0571-87654321", "ability_level": "3"}
    services.update_senior(session, senior_id=senior_id, fields=changes, actor=clerk, now=app_clock.now())
    entry = last_entry(session)
    assert entry.old == {"name": "王秀英", "ability_level": None}
    assert entry.new == {"name": "王秀瑛", "ability_level": 3, "also_changed": ["phone"]}
    senior = session.get_one(Senior, senior_id)
    assert vault.unseal(senior.phone_sealed) == "057187654321"
    assert senior.phone_index == vault.index_of("057187654321")


def test_a_change_of_nothing_writes_nothing(session, clerk):
    senior_id = register(session, clerk, phone="13800138000", address="北山路 1 号")
    before = last_entry(session).id
    same = {"name": "王秀英", "phone": "138-0013-8000", "address": "北山路 1 号", "income_class": "none"}
    services.update_senior(session, senior_id=senior_id, fields=same, actor=clerk, now=app_clock.now())
    assert last_entry(session).id == before


def test_an_empty_text_takes_a_phone_away_but_not_a_name(session, clerk):
    senior_id = register(session, clerk, phone="13800138000")
    services.update_senior(session, senior_id=senior_id, fields={"phone": ""}, actor=clerk, now=app_clock.now())
    assert session.get_one(Senior, senior_id).phone_sealed is None
    with pytest.raises(Invalid) as refusal:
        services.update_senior(
            session, senior_id=senior_id, fields={"name": "", "income_class": ""}, actor=clerk, now=app_clock.now()
        )
    assert set(faults(refusal)) == {"name", "income_class"}


def test_who_a_person_is_never_changes(session, clerk):
    senior = make_senior(session)
    for column in ("id_number_index", "birth_on", "sex"):
        session.flush()
        with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
            session.execute(text(f"UPDATE senior SET {column} = {column} WHERE id = {senior.id}"))
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text("DELETE FROM senior"))


def test_other_areas_do_not_exist_for_a_clerk(session, clerk):
    senior = make_senior(session, hukou_area=OTHER_STREET)
    with pytest.raises(NotFound):
        queries.get_senior(session, senior_id=senior.id, actor=clerk, day=date(2026, 11, 20))
    with pytest.raises(NotFound):
        services.update_senior(session, senior_id=senior.id, fields={}, actor=clerk, now=app_clock.now())
    with pytest.raises(NotFound):
        die(session, clerk, senior.id)
    assert queries.get_senior(session, senior_id=senior.id, actor=moved(clerk, "330105"), day=date(2026, 11, 20))


def test_a_stay_in_hospital_is_a_period_and_stands_in_the_log(session, clerk):
    senior_id = register(session, clerk)
    timeline = services.record_status(
        session,
        senior_id=senior_id,
        status=Status.IN_HOSPITAL,
        from_on=date(2026, 11, 22),
        until_on=date(2026, 11, 30),
        actor=clerk,
        now=app_clock.now(),
    )
    assert [period.status for period in timeline] == ["active", "in_hospital", "active"]
    assert queries.profile_on(session, senior_id=senior_id, day=date(2026, 11, 29)).status is Status.IN_HOSPITAL
    assert queries.profile_on(session, senior_id=senior_id, day=date(2026, 11, 30)).status is Status.ACTIVE
    entry = last_entry(session)
    assert entry.action == "senior.status"
    assert [period["status"] for period in entry.new["statuses"]] == ["active", "in_hospital", "active"]


def test_a_death_is_final(session, clerk):
    senior_id = register(session, clerk)
    die(session, clerk, senior_id)
    with pytest.raises(Invalid) as refusal:
        services.record_status(
            session,
            senior_id=senior_id,
            status=Status.ACTIVE,
            from_on=date(2026, 11, 21),
            until_on=None,
            actor=clerk,
            now=app_clock.now(),
        )
    assert set(faults(refusal)) == {"from_on"}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM senior_status WHERE status = 'deceased'",
        "UPDATE senior_status SET until_on = from_on + 1 WHERE status = 'deceased'",
        "UPDATE senior_status SET status = 'active' WHERE status = 'deceased'",
    ],
)
def test_the_database_keeps_a_death_too(session, clerk, statement):
    make_senior(session, status=Status.DECEASED)
    with pytest.raises(DBAPIError, match="final"), session.begin_nested():
        session.execute(text(statement))


def test_the_database_refuses_overlapping_periods(session, clerk):
    senior = make_senior(session)
    with pytest.raises(DBAPIError, match="ex_senior_status_period"), session.begin_nested():
        make_status(session, senior, status=Status.IN_HOSPITAL, from_on=date(2026, 6, 1))


def test_a_reveal_needs_a_reason_and_is_written_down(session, clerk):
    senior_id = register(session, clerk, phone="13800138000")
    shown = services.reveal(
        session, senior_id=senior_id, field="id_number", reason="上门核对身份", actor=clerk, now=app_clock.now()
    )
    assert shown == NUMBER
    entry = last_entry(session)
    assert (entry.action, entry.reason, entry.subject_id) == ("reveal.id_number", "上门核对身份", str(senior_id))
    assert NUMBER not in str(entry.new)


@pytest.mark.parametrize("reason", ["", "  ", "看看", "x" * 201])
def test_without_a_reason_nothing_is_shown(session, clerk, reason):
    senior_id = register(session, clerk)
    before = last_entry(session).id
    with pytest.raises(Invalid):
        services.reveal(
            session, senior_id=senior_id, field="id_number", reason=reason, actor=clerk, now=app_clock.now()
        )
    assert last_entry(session).id == before


@pytest.mark.parametrize("field", ["phone", "address", "name", "id", "__class__"])
def test_what_is_not_there_cannot_be_shown(session, clerk, field):
    senior_id = register(session, clerk)
    with pytest.raises(NotFound):
        services.reveal(
            session, senior_id=senior_id, field=field, reason="上门核对身份", actor=clerk, now=app_clock.now()
        )


def test_names_are_masked_for_an_auditor(session, clerk):
    senior = make_senior(session, name="王秀英")
    auditor = make_actor(session, roles=[Role.AUDITOR])
    assert queries.get_senior(session, senior_id=senior.id, actor=auditor, day=date(2026, 11, 20)).name == "王*英"


def test_a_profile_holds_what_prices_are_decided_by(session, clerk):
    senior = make_senior(session, birth_on=date(1946, 11, 20), income_class="low_income", residence_area=OTHER_STREET)
    profile = queries.profile_on(session, senior_id=senior.id, day=date(2026, 11, 19))
    assert (profile.age, profile.income_class, profile.hukou_area, profile.residence_area) == (
        79,
        "low_income",
        STREET,
        OTHER_STREET,
    )
    assert queries.profile_on(session, senior_id=senior.id, day=date(2026, 11, 20)).age == 80
    assert queries.profiles_on(session, senior_ids=[senior.id, 0], day=date(2026, 11, 20)).keys() == {senior.id}
    with pytest.raises(NotFound):
        queries.profile_on(session, senior_id=0, day=business_day(app_clock.now()))


def test_a_day_before_the_first_record_counts_as_active(session, clerk):
    senior = make_senior(session, status=Status.IN_HOSPITAL, status_from=date(2026, 6, 1))
    day = date(2026, 6, 1) - timedelta(days=1)
    assert queries.profile_on(session, senior_id=senior.id, day=day).status is Status.ACTIVE
    assert session.scalars(select(SeniorStatus)).one().status == "in_hospital"
