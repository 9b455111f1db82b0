"""Providers, carers, beds and visits for tests, each with as little said as the test needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app import clock, vault
from app.auth.actor import Actor, HeldRole, Role, holding
from app.auth.models import Account
from app.people.models import Senior
from app.policies.models import PolicyDocument
from care_beds.beds.models import BedAgreement, BedStep, CareBed
from care_beds.beds.policy import BED_RULES
from care_beds.beds.rules import PREPARING, State, Step, leads_to
from care_beds.catalogue.policy import CARE_CATALOGUE
from care_beds.providers.models import CareProvider, Carer, CarerCertificate
from care_beds.visits.models import CarePlan, CareVisit, PlanLine
from care_beds.visits.policy import VISIT_RULES
from subsidies.services import open_account
from tests.app.auth.factories import make_account, make_place
from tests.app.people.factories import make_area, make_senior, new_id_number

CITY, DISTRICT, STREET = "330100", "330105", "330105011"
LONG_AGO, FAR_OFF = date(2026, 1, 1), date(2027, 12, 31)
BOTH = ("care_worker", "health")

_numbers = count(1)
# The steps of a bed from the application to its service, and as many days before it began.
WAY = (Step.APPLY, Step.ASSESS, Step.SURVEY, Step.PLAN, Step.AGREE, Step.ADAPT, Step.ACCEPT, Step.START)


def make_provider(
    session: Session,
    *,
    area_code: str = STREET,
    code: str | None = None,
    name: str = "安颐居家养老服务中心",
    licence_expires_on: date = FAR_OFF,
    agreement_from: date = LONG_AGO,
    agreement_expires_on: date = FAR_OFF,
    capacity: int = 40,
    state: str = "active",
    state_words: str = "",
) -> CareProvider:
    """Make a provider with its merchant account."""
    code = code or f"P{next(_numbers):04d}"
    make_place(session, area_code)
    account = open_account(session, kind="merchant", area_code=area_code, owner_ref=f"provider:{code}", name=name)
    now = clock.now()
    provider = CareProvider(
        code=code,
        name=name,
        area_code=area_code,
        licence_number=f"杭养备{code}",
        licence_expires_on=licence_expires_on,
        agreement_number=f"协{code}",
        agreement_from=agreement_from,
        agreement_expires_on=agreement_expires_on,
        capacity=capacity,
        phone="0571-87654321",
        merchant_account=account,
        state=state,
        state_since=now,
        state_words=state_words,
        created_at=now,
    )
    session.add(provider)
    session.flush()
    return provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Hired:
    """A carer with the account they log in with, and themselves as the caller of services."""

    carer: Carer
    account: Account
    actor: Actor

    @property
    def id(self) -> int:
        """Return the carer's id."""
        return self.carer.id


def make_carer(
    session: Session,
    *,
    provider: CareProvider,
    name: str = "赵巧珍",
    id_number: str | None = None,
    phone: str = "13700137000",
    employed_from: date = LONG_AGO,
    employed_until: date | None = None,
    state: str = "active",
    certificates: Sequence[str] = BOTH,
    expires_on: date | None = FAR_OFF,
) -> Hired:
    """Make a carer with an account, the role at the provider, and certificates."""
    account = make_account(session, Role.CARER, name=name, area_code=provider.area_code, provider_id=provider.id)
    number = id_number or new_id_number(date(1980, 5, 6))
    carer = Carer(
        account_id=account.id,
        provider_id=provider.id,
        name=name,
        phone_sealed=vault.seal(phone),
        phone_index=vault.index_of(phone),
        id_number_sealed=vault.seal(number),
        id_number_index=vault.index_of(number),
        employed_from=employed_from,
        employed_until=employed_until,
        state=state,
        state_words="" if state == "active" else "投诉待查",
        created_at=clock.now(),
    )
    session.add(carer)
    session.flush()
    for kind in certificates:
        make_certificate(session, carer=carer, kind=kind, expires_on=expires_on)
    actor = holding(
        Actor(account_id=account.id, name=name, device="test"),
        [HeldRole(Role.CARER, provider.area_code, provider_id=provider.id)],
    )
    return Hired(carer=carer, account=account, actor=actor)


def make_certificate(
    session: Session,
    *,
    carer: Carer,
    kind: str = "health",
    issued_on: date = LONG_AGO,
    expires_on: date | None = FAR_OFF,
) -> CarerCertificate:
    """Make a certificate of a carer."""
    certificate = CarerCertificate(
        carer_id=carer.id,
        kind=kind,
        number=f"证{next(_numbers):06d}",
        issued_on=issued_on,
        expires_on=expires_on,
        recorded_by=carer.account_id,
        recorded_at=clock.now(),
    )
    session.add(certificate)
    session.flush()
    return certificate


def make_care_staff(session: Session, role: Role, *, area_code: str = STREET, name: str = "何立") -> Actor:
    """Make somebody of an office with a role for an area: assessor, supervisor, clerk, approver."""
    account = make_account(session, role, name=name, area_code=area_code)
    return holding(Actor(account_id=account.id, name=name, device="test"), [HeldRole(role, area_code)])


def make_provider_manager(session: Session, provider: CareProvider, *, name: str = "钱国英") -> Actor:
    """Make the manager of a provider."""
    account = make_account(
        session, Role.PROVIDER_MANAGER, name=name, area_code=provider.area_code, provider_id=provider.id
    )
    return holding(
        Actor(account_id=account.id, name=name, device="test"),
        [HeldRole(Role.PROVIDER_MANAGER, provider.area_code, provider_id=provider.id)],
    )


def hold_bed_rules(session: Session, *, area_code: str = CITY, **others: object) -> PolicyDocument:
    """Publish the rules of beds for a city, where there are none yet."""
    found = session.scalar(select(PolicyDocument).where(PolicyDocument.kind == BED_RULES.name))
    if found and not others:
        return found
    make_area(session, area_code)
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    document = PolicyDocument(
        kind=BED_RULES.name,
        area_code=area_code,
        valid_from=LONG_AGO,
        title={"zh": "床位规则", "en": "Bed rules"},
        source={"mark": "INFER", "text": "测试"},
        body={**BED_RULES.example, **others},
        state="published",
        maker_id=maker.id,
        checker_id=checker.id,
        submitted_at=now,
        decided_at=now,
        created_at=now,
    )
    session.add(document)
    session.flush()
    return document


def make_bed(
    session: Session,
    *,
    state: State = State.APPLIED,
    senior: Senior | None = None,
    provider: CareProvider | None = None,
    area_code: str = STREET,
    on: date = date(2026, 10, 1),
    level: int = 3,
    programme: str = "public",
    lat: float | None = None,
    lon: float | None = None,
    by: int | None = None,
) -> CareBed:
    """Make a bed that has come as far as a state of its preparation, or serves; each step taken on one day."""
    policy = hold_bed_rules(session)
    senior = senior or make_senior(session, hukou_area=area_code, income_class="low_income", ability_level=level)
    provider = provider or make_provider(session, area_code=area_code)
    by = by or make_account(session, Role.STREET_CLERK, area_code=area_code).id
    number = next(_numbers)
    bed = CareBed(
        number=f"{area_code[:6]}-{900_000 + number}",
        senior_id=senior.id,
        provider_id=provider.id,
        area_code=area_code,
        lat=lat,
        lon=lon,
        programme=programme,
        policy_id=policy.id,
        since_on=on,
        assessment_id=None if state is State.APPLIED else number,
        level=None if state is State.APPLIED else level,
        plan_id=number if state in (*PREPARING[3:], State.IN_SERVICE) else None,
        applied_on=on,
        applied_by=by,
        relation="child",
    )
    session.add(bed)
    session.flush()
    for step in WAY:
        take_step(session, bed, step, on=on, by=by)
        if step is Step.AGREE:
            make_agreement(session, bed, on=on, by=by)
        if bed.state == state:
            break
    return bed


def make_bed_in_service(session: Session, *, on: date = date(2026, 10, 1), **others: Any) -> CareBed:
    """Make a bed that serves since a day; the rest as ``make_bed`` takes it."""
    return make_bed(session, state=State.IN_SERVICE, on=on, **others)


def take_step(session: Session, bed: CareBed, step: Step, *, on: date, by: int | None = None) -> None:
    """Write a step of a bed down as the services do, without what it needs."""
    before = None if step is Step.APPLY else State(bed.state)
    session.add(
        BedStep(
            bed_id=bed.id,
            step=step,
            from_state=before,
            to_state=leads_to(step, before or State.APPLIED),
            on_day=on,
            at=clock.now(),
            by_id=by,
        )
    )
    session.flush()
    session.refresh(bed)


def make_agreement(session: Session, bed: CareBed, *, on: date, by: int) -> BedAgreement:
    """Make an agreement that binds a bed for a year."""
    assert bed.provider_id is not None
    agreement = BedAgreement(
        bed_id=bed.id,
        provider_id=bed.provider_id,
        from_on=on,
        until_on=on.replace(year=on.year + 1),
        state="signed",
        drawn_up_at=clock.now(),
        drawn_up_by=by,
    )
    session.add(agreement)
    session.flush()
    return agreement


def hold_care_documents(session: Session, *, area_code: str = CITY, **rules: object) -> None:
    """Publish the services at home and the rules of visits for a city; ``rules`` are others, for the street alone."""
    hold_document(session, CARE_CATALOGUE.name, CARE_CATALOGUE.example, area_code=area_code)
    hold_document(session, VISIT_RULES.name, VISIT_RULES.example, area_code=area_code)
    if rules:
        hold_document(session, VISIT_RULES.name, {**VISIT_RULES.example, **rules}, area_code=STREET)


def hold_document(session: Session, kind: str, body: Mapping[str, Any], *, area_code: str = CITY) -> None:
    """Publish a document for a place, where it has none of the kind yet."""
    here = select(PolicyDocument.id).where(PolicyDocument.kind == kind, PolicyDocument.area_code == area_code)
    if session.scalar(here) is not None:
        return
    make_area(session, area_code)
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    session.add(
        PolicyDocument(
            kind=kind,
            area_code=area_code,
            valid_from=LONG_AGO,
            title={"zh": "上门服务", "en": "Visits at home"},
            source={"mark": "INFER", "text": "测试"},
            body=dict(body),
            state="published",
            maker_id=maker.id,
            checker_id=checker.id,
            submitted_at=now,
            decided_at=now,
            created_at=now,
        )
    )
    session.flush()


def make_plan(
    session: Session,
    *,
    bed: CareBed,
    from_on: date = date(2026, 11, 1),
    until_on: date | None = None,
    state: str = "active",
) -> CarePlan:
    """Make a plan of a bed, agreed to by somebody else unless told otherwise."""
    assert bed.provider_id is not None
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    is_in, is_decided = state != "draft", state in ("active", "ended")
    plan = CarePlan(
        bed_id=bed.id,
        senior_id=bed.senior_id,
        provider_id=bed.provider_id,
        area_code=bed.area_code,
        state=state,
        from_on=from_on,
        until_on=until_on,
        made_by=maker.id,
        made_at=now,
        submitted_by=maker.id if is_in else None,
        submitted_at=now if is_in else None,
        decided_by=checker.id if is_decided else None,
        decided_at=now if is_decided else None,
    )
    session.add(plan)
    session.flush()
    return plan


def make_line(
    session: Session,
    *,
    plan: CarePlan,
    carer: Carer | None,
    service: str = "bathing",
    weekdays: int = 0b0010001,
    every_weeks: int = 1,
    start: time = time(9),
    minutes: int = 60,
) -> PlanLine:
    """Make a line of a plan, past the guard that keeps plans in force: Mondays and Fridays unless told otherwise."""
    state, plan.state = plan.state, "draft"
    kept = (plan.submitted_by, plan.submitted_at, plan.decided_by, plan.decided_at)
    session.flush()
    line = PlanLine(
        plan_id=plan.id,
        service=service,
        weekdays=weekdays,
        every_weeks=every_weeks,
        start_minute=start.hour * 60 + start.minute,
        minutes=minutes,
        carer_id=carer.id if carer else None,
    )
    session.add(line)
    session.flush()
    plan.state = state
    plan.submitted_by, plan.submitted_at, plan.decided_by, plan.decided_at = kept
    session.flush()
    return line


def make_visit(
    session: Session,
    *,
    bed: CareBed | None = None,
    carer: Carer | None = None,
    on: date | None = None,
    start: time = time(9),
    minutes: int = 60,
    service: str = "bathing",
    state: str = "planned",
    line: PlanLine | None = None,
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
    items_done: Sequence[str] = (),
    exception: str = "none",
) -> CareVisit:
    """Make a visit as it stands, without what led there: today at nine unless told otherwise.

    Started visits began when they were planned to, finished ones ended so, unless told otherwise.
    """
    hold_care_documents(session)
    bed = bed or make_bed_in_service(session)
    assert bed.provider_id is not None
    carer = carer or make_carer(session, provider=session.get_one(CareProvider, bed.provider_id)).carer
    on = on or clock.business_day(clock.now())
    begins = datetime.combine(on, start, tzinfo=clock.ZONE)
    ends = begins + timedelta(minutes=minutes)
    has_begun, has_ended = state in ("started", "finished", "confirmed"), state in ("finished", "confirmed")
    visit = CareVisit(
        bed_id=bed.id,
        senior_id=bed.senior_id,
        provider_id=bed.provider_id,
        carer_id=carer.id,
        plan_line_id=line.id if line else None,
        area_code=bed.area_code,
        service=service,
        due_on=on,
        visit_on=on,
        planned=Range(begins, ends),
        state=state,
        missed_reason="not_home" if state == "missed" else "",
        cancel_reason="family" if state == "cancelled" else "",
        started_at=(started_at or begins) if has_begun else None,
        finished_at=(finished_at or ends) if has_ended else None,
        items_done=list(items_done),
        exception=exception,
        made_at=clock.now(),
    )
    session.add(visit)
    session.flush()
    return visit
