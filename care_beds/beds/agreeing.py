"""The agreement of three parties: drawn up by the street, signed by each, in force with the last signature."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import PERSONAL_ROLES, Actor, Role
from app.clock import business_day
from app.errors import Invalid
from app.web.wording import full_day
from care_beds.beds.errors import (
    AgreementOpen,
    AgreementOverlaps,
    NoAgreement,
    NotYourStep,
    ProviderUnfit,
    SignedAlready,
    WrongDay,
    WrongStep,
)
from care_beds.beds.models import BedAgreement, BedSignature, CareBed
from care_beds.beds.providing import check_papers, hold_place
from care_beds.beds.reach import is_provider_of, lock_bed, roles_for, visible_to
from care_beds.beds.rules import SERVING, Party, State, Step, add_months
from care_beds.beds.taking import note, settle_proposal, take, terms_for
from care_beds.beds.telling import tell_agreement
from care_beds.providers.queries import get_provider

PARTIES = tuple(Party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs for a party: the name, and for the senior in which relation. On paper, a clerk writes it down."""

    party: Party
    name: str
    relation: str = ""
    is_paper: bool = False


def draw_up(
    session: Session,
    *,
    bed_id: int,
    from_on: date,
    until_on: date,
    actor: Actor,
    now: datetime,
    provider_id: int | None = None,
    words: str = "",
) -> BedAgreement:
    """Draw up an agreement to be signed: the first one, one that follows, or one with another provider.

    :raises BedNotFound: if there is no such bed for the actor
    :raises NotYourStep: if the actor is no clerk there
    :raises WrongStep: if the bed waits for something else
    :raises AgreementOpen: if one waits for signatures
    :raises ProviderUnfit: if the provider's papers do not hold on its first day or end before its last
    :raises ProviderFull: if another provider has no place free
    :raises WrongDay: if the days do not fit
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    _check_drawing(bed, actor)
    provider = provider_id or bed.provider_id
    assert provider is not None
    if bed.state == State.PLANNED and provider != bed.provider_id:
        raise WrongStep(_l("Another provider is chosen before the care plan is made."))
    _check_days(session, bed, from_on, until_on, is_other=provider != bed.provider_id, today=business_day(now))
    _check_provider(session, bed, provider, from_on, until_on)
    if find_draft(session, bed.id):
        raise AgreementOpen
    agreement = BedAgreement(
        bed_id=bed.id,
        provider_id=provider,
        from_on=from_on,
        until_on=until_on,
        drawn_up_at=now,
        drawn_up_by=actor.account_id,
        words=words.strip(),
    )
    session.add(agreement)
    session.flush()
    told = {"provider": provider, "from_on": from_on, "until_on": until_on}
    note(session, bed, "bed.agreement_drawn_up", by=actor, now=now, new=told)
    tell_agreement(session, bed, agreement, now=now)
    return agreement


def take_back(session: Session, *, bed_id: int, actor: Actor, now: datetime) -> None:
    """Take an agreement back that is not signed by all.

    :raises BedNotFound: if there is no such bed for the actor
    :raises NotYourStep: if the actor is no clerk there
    :raises NoAgreement: if none waits for signatures
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    if Role.STREET_CLERK not in roles_for(actor, bed):
        raise NotYourStep
    get_draft(session, bed.id).state = "void"
    session.flush()
    note(session, bed, "bed.agreement_taken_back", by=actor, now=now, new={})


def sign(session: Session, *, bed_id: int, signer: Signer, actor: Actor, now: datetime) -> bool:
    """Sign for a party, and return whether the agreement is in force by it: with the third signature it is.

    :raises BedNotFound: if there is no such bed for the actor
    :raises NoAgreement: if none waits for signatures
    :raises WrongStep: if the bed waits for something else
    :raises NotYourStep: if the actor cannot sign for this party
    :raises SignedAlready: if the party signed before, or the actor for another one
    :raises Invalid: if no name is given, or the senior's signer says no relation
    :raises ProviderUnfit: if the provider's papers do not hold any more
    :raises ProviderFull: if another provider has no place free any more
    :raises AgreementOverlaps: if another one holds on some of its days
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    return _sign(session, bed, signer, actor=actor, now=now)


def sign_as_family(session: Session, *, senior_id: int, signer: Signer, actor: Actor, now: datetime) -> bool:
    """Sign for the senior, by an own account; the link and the consent were checked by the caller.

    :raises BedNotFound: if the senior has no such bed
    :raises NoAgreement: if none waits for signatures
    :raises SignedAlready: if it is signed for the senior, or the actor signed for another party
    :raises Invalid: if no name or relation is given
    """
    draft = select(BedAgreement.bed_id).join(CareBed, CareBed.id == BedAgreement.bed_id)
    found = session.scalar(draft.where(CareBed.senior_id == senior_id, BedAgreement.state == "draft"))
    if found is None:
        raise NoAgreement
    bed = lock_bed(session, bed_id=found, within=CareBed.senior_id == senior_id)
    return _sign(session, bed, signer, actor=actor, now=now)


def find_draft(session: Session, bed_id: int) -> BedAgreement | None:
    """Return the agreement of a bed that waits for signatures, or nothing."""
    return session.scalar(select(BedAgreement).where(BedAgreement.bed_id == bed_id, BedAgreement.state == "draft"))


def get_draft(session: Session, bed_id: int) -> BedAgreement:
    """Return the agreement of a bed that waits for signatures.

    :raises NoAgreement: if there is none
    """
    found = find_draft(session, bed_id)
    if found is None:
        raise NoAgreement
    return found


def find_in_force(session: Session, bed_id: int, *, on: date) -> BedAgreement | None:
    """Return the agreement that binds a bed on a day, or nothing."""
    until = func.coalesce(BedAgreement.ended_on, BedAgreement.until_on)
    holds = (BedAgreement.state == "signed", BedAgreement.from_on <= on, until > on)
    return session.scalar(select(BedAgreement).where(BedAgreement.bed_id == bed_id, *holds))


def end_agreements(session: Session, bed_id: int, *, on: date) -> None:
    """Let no agreement of a bed hold from a day on: the bed ends, or was never to be."""
    query = select(BedAgreement).where(BedAgreement.bed_id == bed_id, BedAgreement.state != "void")
    for agreement in session.scalars(query.order_by(BedAgreement.id)):
        if agreement.state == "draft" or agreement.from_on >= on:
            agreement.state, agreement.ended_on = "void", None
        elif (agreement.ended_on or agreement.until_on) > on:
            agreement.ended_on = on
    session.flush()


def _check_drawing(bed: CareBed, actor: Actor) -> None:
    if Role.STREET_CLERK not in roles_for(actor, bed):
        raise NotYourStep
    if bed.state != State.PLANNED and State(bed.state) not in SERVING:
        raise WrongStep


def _check_days(session: Session, bed: CareBed, from_on: date, until_on: date, *, is_other: bool, today: date) -> None:
    terms = terms_for(session, bed, on=today)
    latest = add_months(from_on, terms.agreement_months)
    if not from_on < until_on <= latest:
        raise WrongDay(
            _("An agreement that begins then ends after its first day, and by %(day)s.", day=full_day(latest))
        )
    back, ahead = terms.agreement_back_days, terms.agreement_ahead_days
    if not today - timedelta(days=back) <= from_on <= today + timedelta(days=ahead):
        raise WrongDay(
            _("An agreement begins at most %(back)s days back and %(ahead)s days ahead.", back=back, ahead=ahead)
        )
    if is_other and from_on > today:
        raise WrongDay(_l("Another provider takes over with the last signature: let the agreement begin today."))


def _check_provider(session: Session, bed: CareBed, provider_id: int, from_on: date, until_on: date) -> None:
    if provider_id != bed.provider_id:
        provider = hold_place(session, provider_id=provider_id, bed_id=bed.id, on=from_on)
    else:
        provider = get_provider(session, provider_id=provider_id)
        check_papers(provider, on=from_on)
    last = provider.agreement_expires_on
    if until_on > last + timedelta(days=1):
        raise ProviderUnfit(
            _("The agreement of %(name)s with the street ends on %(day)s.", name=provider.name, day=full_day(last))
        )


def _sign(session: Session, bed: CareBed, signer: Signer, *, actor: Actor, now: datetime) -> bool:
    agreement = get_draft(session, bed.id)
    if bed.state != State.PLANNED and State(bed.state) not in SERVING:
        raise WrongStep
    _check_signer(bed, agreement, signer, actor)
    row = BedSignature(
        agreement_id=agreement.id,
        party=signer.party,
        how="paper" if signer.is_paper else "own",
        name_sealed=vault.seal(signer.name.strip()),
        relation=signer.relation,
        account_id=actor.account_id,
        signed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise SignedAlready from error
    note(session, bed, "bed.signed", by=actor, now=now, new={"party": signer.party, "how": row.how})
    count = session.scalar(select(func.count()).where(BedSignature.agreement_id == agreement.id))
    if count != len(PARTIES):
        return False
    _bring_into_force(session, bed, agreement, by=actor, now=now)
    return True


def _check_signer(bed: CareBed, agreement: BedAgreement, signer: Signer, actor: Actor) -> None:
    roles = roles_for(actor, bed)
    may = {
        Party.STREET: Role.STREET_CLERK in roles,
        Party.PROVIDER: is_provider_of(actor, agreement.provider_id),
        Party.SENIOR: Role.STREET_CLERK in roles if signer.is_paper else bool(actor.roles & PERSONAL_ROLES),
    }
    if not may[signer.party]:
        raise NotYourStep
    if not signer.name.strip():
        raise Invalid(errors={"name": [_l("Write the name of whoever signs.")]})
    if (signer.party is Party.SENIOR) != bool(signer.relation):
        raise Invalid(errors={"relation": [_l("Say who signs for the senior, and only there.")]})


def _bring_into_force(session: Session, bed: CareBed, agreement: BedAgreement, *, by: Actor, now: datetime) -> None:
    is_other = agreement.provider_id != bed.provider_id
    today = business_day(now)
    if is_other:
        hold_place(session, provider_id=agreement.provider_id, bed_id=bed.id, on=today)
    else:
        check_papers(get_provider(session, provider_id=agreement.provider_id), on=max(today, agreement.from_on))
    _end_before(session, bed.id, agreement.from_on)
    try:
        with session.begin_nested():
            agreement.state = "signed"
    except IntegrityError as error:
        raise AgreementOverlaps from error
    old, bed.provider_id = bed.provider_id, agreement.provider_id
    settle_proposal(bed, "renew")
    step = Step.AGREE if bed.state == State.PLANNED else Step.REPLACE if is_other else Step.RENEW
    told = {"agreement": agreement.id, "until_on": agreement.until_on.isoformat()}
    told |= {"provider": agreement.provider_id, "provider_before": old} if is_other else {}
    take(session, bed, step, by=by, now=now, detail=told)


def _end_before(session: Session, bed_id: int, day: date) -> None:
    """End the agreement that would hold beyond a day on that day; what it held before stays."""
    before = find_in_force(session, bed_id, on=day)
    if before is not None:
        before.ended_on = day
        session.flush()
