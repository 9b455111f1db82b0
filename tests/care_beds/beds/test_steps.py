"""Every step of a bed's life: what it needs, what it refuses, and what stays written down."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app import clock as clocks
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.errors import DomainError, Invalid
from app.people.models import SeniorStatus
from app.people.rules import Status
from care_beds.beds import errors, services
from care_beds.beds.agreeing import Signer
from care_beds.beds.models import BedAgreement
from care_beds.beds.queries import is_in_service
from care_beds.beds.rules import CloseReason, Party
from tests.app.people.factories import make_senior, make_status
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import DAUGHTER, TODAY, YEAR_ON, Home, a_picture, steps_of
from tests.care_beds.factories import STREET, make_bed_in_service, make_care_staff, make_provider
from tests.conftest import FrozenClock


def test_a_bed_goes_from_the_application_into_service(home: Home) -> None:
    bed = home.serve()
    assert bed.state == "in_service"
    assert bed.number.startswith("330105-")
    assert is_in_service(home.session, bed_id=bed.id, on=TODAY)
    assert steps_of(home, bed) == [
        "apply",
        "assess",
        "survey",
        "choose",
        "plan",
        "agree",
        "adapt",
        "accept",
        "start",
    ]
    told = home.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(bed.id))).all()
    assert {"bed.apply", "bed.signed", "bed.item_done", "bed.device_tested", "bed.start"} <= set(told)
    # The next thing that is due is the assessment, on the last day the one at hand holds.
    assert bed.assessed_until is not None
    assert bed.due_on == date.fromordinal(bed.assessed_until.toordinal() - 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"applied_on": date(2026, 11, 21)}, Invalid),
        ({"programme": "nothing"}, Invalid),
    ],
)
def test_an_application_that_cannot_be_is_refused(
    home: Home, changes: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        home.apply(**changes)


@pytest.mark.parametrize(
    ("income", "born", "code"),
    [("none", date(1941, 3, 5), "programme_unfit"), ("low_income", date(1980, 3, 5), "programme_unfit")],
)
def test_a_programme_is_not_for_everybody(home: Home, income: str, born: date, code: str) -> None:
    other = make_senior(home.session, hukou_area=STREET, income_class=income, birth_on=born)
    with pytest.raises(errors.ProgrammeUnfit) as refused:
        services.apply(
            home.session,
            senior_id=other.id,
            programme="public",
            applicant=DAUGHTER,
            applied_on=TODAY,
            actor=home.clerk,
            now=clocks.now(),
        )
    assert refused.value.code == code


def test_one_person_applies_once(home: Home) -> None:
    home.apply()
    with pytest.raises(errors.BedExists):
        home.apply()


def test_whoever_died_gets_no_bed(home: Home) -> None:
    home.session.execute(SeniorStatus.__table__.delete().where(SeniorStatus.senior_id == home.senior.id))
    make_status(home.session, home.senior, status=Status.DECEASED, from_on=TODAY)
    with pytest.raises(errors.SeniorGone):
        home.apply()


def test_no_step_comes_before_its_turn(home: Home) -> None:
    bed = home.apply()
    for service, more in (
        (services.record_survey, {"survey": home.survey()}),
        (services.choose_provider, {"provider_id": home.provider.id}),
        (services.draw_up, {"from_on": TODAY, "until_on": YEAR_ON}),
        (services.send_back, {"words": "扶手松"}),
        (services.accept, {}),
        (services.start, {"on": TODAY}),
        (services.resume, {"on": TODAY}),
        (services.close, {"reason": CloseReason.WISH, "on": TODAY}),
    ):
        with pytest.raises(errors.WrongStep):
            home.do(service, bed, home.clerk, **more)
    with pytest.raises(errors.WrongStep):
        services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clocks.now())


def test_an_assessment_must_stand_and_fit_the_programme(home: Home) -> None:
    bed = home.apply()
    with pytest.raises(errors.NoAssessment):
        home.do(services.take_over_assessment, bed, home.clerk)
    make_level(home.session, home.senior, 1)
    with pytest.raises(errors.LevelUnfit):
        home.do(services.take_over_assessment, bed, home.clerk)
    make_level(home.session, home.senior, 2, assessed_on=date(2026, 11, 10))
    home.do(services.take_over_assessment, bed, home.assessor)
    assert (bed.state, bed.level) == ("assessed", 2)


def test_another_street_does_not_know_of_the_bed(home: Home) -> None:
    bed = home.apply()
    stranger = make_care_staff(home.session, Role.STREET_CLERK, area_code="330106003")
    with pytest.raises(errors.BedNotFound):
        home.do(services.refuse, bed, stranger, reason="不符合")


def test_a_supervisor_surveys_and_does_not_refuse(home: Home) -> None:
    bed = home.apply()
    with pytest.raises(errors.NotYourStep):
        home.do(services.refuse, bed, home.supervisor, reason="不符合")
    with pytest.raises(Invalid):
        home.do(services.refuse, bed, home.clerk, reason=" ")
    home.do(services.refuse, bed, home.clerk, reason="不符合条件")
    assert bed.state == "refused"
    home.apply()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"surveyed_on": date(2026, 11, 21)}, "surveyed_on"),
        ({"surveyed_on": date(2026, 11, 19)}, "surveyed_on"),
        ({"items": ("throne",)}, "items"),
        ({"devices": ("tank",)}, "devices"),
        ({"hazards": ("ghosts",)}, "hazards"),
        ({"lat": 30.0, "lon": None}, "lat"),
    ],
)
def test_a_survey_that_cannot_be_names_the_field(home: Home, changes: dict[str, Any], field: str) -> None:
    bed = home.apply()
    home.assess(bed)
    with pytest.raises(Invalid) as refused:
        home.do(services.record_survey, bed, home.assessor, survey=home.survey(**changes))
    assert set(refused.value.errors) == {field}


def test_a_plan_needs_a_provider_and_a_fresh_survey(home: Home, clock: FrozenClock) -> None:
    bed = home.apply()
    home.assess(bed)
    home.do(services.record_survey, bed, home.assessor, survey=home.survey())
    with pytest.raises(errors.NoProvider):
        services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clocks.now())
    home.do(services.choose_provider, bed, home.clerk, provider_id=home.provider.id)
    clock.advance(days=200)
    with pytest.raises(errors.NoSurvey):
        services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clocks.now())
    home.do(services.record_survey, bed, home.assessor, survey=home.survey(surveyed_on=date(2027, 6, 7)))
    assert len(home.items(bed)) == len(home.devices(bed)) == 1
    services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clocks.now())
    services.adopt_plan(home.session, bed_id=bed.id, plan_id=2, by=home.clerk, now=clocks.now())
    assert (bed.state, bed.plan_id) == ("planned", 2)


def test_a_provider_takes_no_bed_without_papers_or_room(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    full = make_provider(home.session, capacity=1)
    make_bed_in_service(home.session, provider=full)
    with pytest.raises(errors.ProviderFull):
        home.do(services.choose_provider, bed, home.clerk, provider_id=full.id)
    lapsed = make_provider(home.session, licence_expires_on=date(2026, 11, 19))
    with pytest.raises(errors.ProviderUnfit):
        home.do(services.choose_provider, bed, home.clerk, provider_id=lapsed.id)


def test_three_parties_sign_and_none_for_another(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    with pytest.raises(errors.NoAgreement):
        home.sign(bed, Party.STREET)
    for days in (
        {"from_on": TODAY, "until_on": TODAY},
        {"from_on": TODAY, "until_on": date(2027, 11, 21)},
        {"from_on": date(2027, 3, 1), "until_on": date(2027, 6, 1)},
    ):
        with pytest.raises(errors.WrongDay):
            home.do(services.draw_up, bed, home.clerk, **days)
    home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    with pytest.raises(errors.AgreementOpen):
        home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    with pytest.raises(errors.NotYourStep):
        home.do(services.sign, bed, home.clerk, signer=Signer(party=Party.PROVIDER, name="方琳"))
    own = Signer(party=Party.SENIOR, name="方琳", relation="child")
    with pytest.raises(errors.NotYourStep):
        home.do(services.sign, bed, home.clerk, signer=own)
    assert not home.sign(bed, Party.SENIOR)
    assert not home.sign(bed, Party.PROVIDER)
    with pytest.raises(errors.SignedAlready):
        home.sign(bed, Party.PROVIDER)
    assert home.sign(bed, Party.STREET)
    assert bed.state == "agreed"


def test_an_agreement_is_taken_back_and_drawn_up_anew(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    home.do(services.take_back, bed, home.clerk)
    home.agree(bed)
    states = home.session.scalars(select(BedAgreement.state).order_by(BedAgreement.id)).all()
    assert states == ["void", "signed"]


def test_nothing_counts_as_built_without_both_pictures_and_a_test_by_another(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.agree(bed)
    [item], [device] = home.items(bed), home.devices(bed)
    with pytest.raises(errors.NotBuilt):
        home.do(services.finish_building, bed, home.manager)
    done = {"item_id": item.id, "cost_fen": 35_000, "done_on": TODAY}
    with pytest.raises(errors.NotBuilt):
        home.do(services.finish_item, bed, home.manager, data=a_picture(), **done)
    home.do(services.keep_before, bed, home.manager, item_id=item.id, data=a_picture())
    with pytest.raises(errors.ThingMoved):
        home.do(services.keep_before, bed, home.manager, item_id=item.id, data=a_picture(7))
    with pytest.raises(Invalid):
        home.do(services.finish_item, bed, home.manager, data=a_picture(), **done)
    home.do(services.finish_item, bed, home.manager, data=a_picture(9), **done)
    with pytest.raises(errors.NotYourStep):
        home.do(services.install, bed, home.clerk, kind="sos", serial="A-1", installed_on=TODAY)
    with pytest.raises(Invalid):
        home.do(services.install, bed, home.manager, kind="tank", serial="A-1", installed_on=TODAY)
    home.do(services.install, bed, home.manager, kind="sos", serial="A-1", installed_on=TODAY)
    home.do(services.finish_building, bed, home.manager)
    with pytest.raises(errors.NotBuilt):
        home.do(services.accept, bed, home.supervisor)
    with pytest.raises(Invalid):
        home.do(services.record_test, bed, home.supervisor, device_id=device.id, works=False)
    home.do(services.record_test, bed, home.supervisor, device_id=device.id, works=False, words="不响")
    with pytest.raises(errors.NotBuilt):
        home.do(services.accept, bed, home.supervisor)
    with pytest.raises(Invalid):
        home.do(services.send_back, bed, home.supervisor, words="")
    home.do(services.send_back, bed, home.supervisor, words="求助键不响")
    assert bed.state == "agreed"
    home.do(services.finish_building, bed, home.manager)
    home.do(services.record_test, bed, home.supervisor, device_id=device.id, works=True)
    home.do(services.accept, bed, home.supervisor)
    assert bed.state == "accepted"


def test_whoever_built_cannot_accept(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.agree(bed)
    home.build(bed)
    both = replace(home.supervisor, account_id=home.manager.account_id)
    [device] = home.devices(bed)
    with pytest.raises(errors.SamePerson):
        home.do(services.record_test, bed, both, device_id=device.id, works=True)
    with pytest.raises(errors.SamePerson):
        home.do(services.accept, bed, both)


def test_a_device_stands_in_one_home(home: Home) -> None:
    bed = home.serve()
    other = make_bed_in_service(home.session, provider=home.provider)
    [device] = home.devices(bed)
    with pytest.raises(errors.SerialTaken):
        home.do(services.install, other, home.manager, kind="sos", serial=device.serial, installed_on=TODAY)


def test_what_the_family_does_not_want_is_left_out_with_a_reason(home: Home) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.agree(bed)
    [item], [device] = home.items(bed), home.devices(bed)
    with pytest.raises(Invalid):
        home.do(services.waive_item, bed, home.clerk, item_id=item.id, words="")
    home.do(services.waive_item, bed, home.clerk, item_id=item.id, words="家属不同意打孔")
    with pytest.raises(errors.NotYourStep):
        home.do(services.waive_device, bed, home.manager, device_id=device.id, words="已有")
    home.do(services.waive_device, bed, home.clerk, device_id=device.id, words="自家已装同款")
    extra = home.do(services.want_item, bed, home.manager, item="grab_bar", words="卫生间再加一根")
    with pytest.raises(errors.NotBuilt):
        home.do(services.finish_building, bed, home.manager)
    home.do(services.waive_item, bed, home.clerk, item_id=extra.id, words="先不加")
    home.do(services.finish_building, bed, home.manager)
    home.do(services.accept, bed, home.supervisor)
