"""What pages and the API show of providers and carers: with places, counts, standings and stars."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app import vault
from app.areas import queries as areas
from app.auth import Actor
from app.auth.queries import list_usernames
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from app.people.queries import names_of
from care_beds.beds.providing import count_taken_of
from care_beds.providers import queries
from care_beds.providers.facts import (
    CertificateFacts,
    KinFacts,
    PersonFacts,
    ProviderFacts,
    ReviewFacts,
    facts_of,
)
from care_beds.providers.models import CareProvider, Carer, CarerCertificate, ProviderReview
from care_beds.providers.policy import find_rules_of, longest_notice
from care_beds.providers.rules import ProviderRules, Standing, Unfit, standing_on
from care_beds.providers.stars import Stars, list_stars

MOST_REVIEWS, MOST_CARERS = 20, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLine:
    """A provider as lists show it, with what holds on the day of asking."""

    provider: ProviderFacts
    place: str
    place_en: str
    licence: Standing
    agreement: Standing
    taken: int
    carers: int
    unfit: int
    stars: Stars


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """A certificate, whether it holds, and whether a visit needs it."""

    certificate: CertificateFacts
    standing: Standing
    is_latest: bool
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerLine:
    """A carer as a provider's page shows them: why they may not visit today, if so, and what ends next."""

    carer: PersonFacts
    reasons: Sequence[Unfit]
    certificates: Sequence[CertificateLine]
    missing: Sequence[str]

    @property
    def next_end(self) -> CertificateLine | None:
        """Return the first of the certificates that count to end."""
        ending = [each for each in self.certificates if each.is_latest and each.certificate.expires_on]
        return min(ending, key=lambda each: each.certificate.expires_on or date.max, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderView:
    """One provider with its carers and what was found there."""

    line: ProviderLine
    carers: Sequence[CarerLine]
    reviews: Sequence[ReviewFacts]


@dataclass(frozen=True, slots=True)
class KinLine:
    """A senior whom a carer declared."""

    kin: KinFacts
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerView:
    """One carer with the provider, the account, masked numbers, certificates and kin."""

    line: CarerLine
    provider: ProviderFacts
    username: str
    id_number: str
    phone: str
    kin: Sequence[KinLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingPaper:
    """A certificate that counts and ends soon, or has ended; whose, and where."""

    certificate: CertificateFacts
    carer: PersonFacts
    provider: ProviderFacts
    standing: Standing


def list_provider_lines(
    session: Session, *, actor: Actor, on: date, query: str = "", after: str | None = None, limit: int = 50
) -> Page[ProviderLine]:
    """List an actor's providers by place and code.

    :param query: a part of the name, or the code
    :raises Invalid: if ``after`` is no cursor of this list
    """
    chosen = select(CareProvider).where(queries.visible_providers(actor))
    if query:
        part = query.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        chosen = chosen.where(or_(CareProvider.name.ilike(f"%{part}%"), CareProvider.code == query.upper()))
    if after:
        place, code = read_cursor(after, str, str)
        later = (CareProvider.area_code == place) & (CareProvider.code > code)
        chosen = chosen.where(or_(CareProvider.area_code > place, later))
    rows = session.scalars(chosen.order_by(CareProvider.area_code, CareProvider.code).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.area_code, row.code))
    return Page(items=_lines(session, page.items, on), next=page.next)


def get_provider_view(session: Session, *, provider_id: int, actor: Actor, on: date) -> ProviderView:
    """Return one provider with its carers and the latest reviews.

    :raises ProviderNotFound: if it is none of the actor's
    """
    provider = queries.get_provider(session, provider_id=provider_id, actor=actor)
    carers = queries.list_carers(session, provider_id=provider_id)[:MOST_CARERS]
    reviews = select(ProviderReview).where(ProviderReview.provider_id == provider_id)
    latest = reviews.order_by(ProviderReview.reviewed_on.desc(), ProviderReview.id.desc()).limit(MOST_REVIEWS)
    return ProviderView(
        line=_lines(session, [provider], on)[0],
        carers=_carer_lines(session, carers, {provider.id: provider.area_code}, on),
        reviews=[facts_of(ReviewFacts, each) for each in session.scalars(latest)],
    )


def get_carer_view(session: Session, *, carer_id: int, actor: Actor, on: date) -> CarerView:
    """Return one carer.

    :raises CarerNotFound: if they work for none of the actor's providers
    """
    carer = queries.get_carer(session, carer_id=carer_id, actor=actor)
    provider = queries.get_provider(session, provider_id=carer.provider_id)
    kin = queries.list_kin(session, carer_ids=[carer.id])
    names = names_of(session, senior_ids=[each.senior_id for each in kin])
    return CarerView(
        line=_carer_lines(session, [carer], {provider.id: provider.area_code}, on)[0],
        provider=facts_of(ProviderFacts, provider),
        username=list_usernames(session, account_ids=[carer.account_id])[carer.account_id],
        id_number=vault.mask_id_number(vault.unseal(carer.id_number_sealed)),
        phone=vault.unseal(carer.phone_sealed),
        kin=[KinLine(facts_of(KinFacts, each), names.get(each.senior_id, "")) for each in kin],
    )


def list_ending(
    session: Session,
    *,
    on: date,
    actor: Actor | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[EndingPaper]:
    """List the certificates that count, of carers who are employed, and end within the notice or have ended.

    :param actor: only those of their providers; nobody is everybody's
    :raises Invalid: if ``after`` is no cursor of this list
    """
    newer = aliased(CarerCertificate)
    renewed = (
        select(newer.id)
        .where(
            newer.carer_id == CarerCertificate.carer_id,
            newer.kind == CarerCertificate.kind,
            newer.withdrawn_at.is_(None),
            func.coalesce(newer.expires_on, queries.NO_END) > CarerCertificate.expires_on,
        )
        .exists()
    )
    # The rules of a place may say less than the longest notice there may be; what is not ending there falls out below.
    chosen = (
        select(CarerCertificate, Carer, CareProvider)
        .join(Carer, Carer.id == CarerCertificate.carer_id)
        .join(CareProvider, CareProvider.id == Carer.provider_id)
        .where(
            CarerCertificate.withdrawn_at.is_(None),
            CarerCertificate.expires_on <= on + timedelta(days=longest_notice(session, on=on)),
            Carer.employed_until.is_(None),
            ~renewed,
        )
    )
    if actor is not None:
        chosen = chosen.where(queries.visible_providers(actor))
    if after:
        until, last = read_cursor(after, str, int)
        day = _read_day(until)
        later = (CarerCertificate.expires_on == day) & (CarerCertificate.id > last)
        chosen = chosen.where(or_(CarerCertificate.expires_on > day, later))
    ordered = chosen.order_by(CarerCertificate.expires_on, CarerCertificate.id).limit(limit + 1)
    page = cut_page(session.execute(ordered).all(), limit, lambda row: write_cursor(str(row[0].expires_on), row[0].id))
    rules = find_rules_of(session, area_codes={row[2].area_code for row in page.items}, on=on)
    found = [
        EndingPaper(
            certificate=facts_of(CertificateFacts, certificate),
            carer=facts_of(PersonFacts, carer),
            provider=facts_of(ProviderFacts, provider),
            standing=_standing(certificate.expires_on, rules[provider.area_code], on),
        )
        for certificate, carer, provider in page.items
    ]
    return Page(items=[each for each in found if each.standing is not Standing.VALID], next=page.next)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise no_cursor() from error


def _lines(session: Session, providers: Sequence[CareProvider], on: date) -> list[ProviderLine]:
    places = areas.name_places(session, {each.area_code for each in providers})
    rules = find_rules_of(session, area_codes={each.area_code for each in providers}, on=on)
    ids = [each.id for each in providers]
    taken, stars = count_taken_of(session, provider_ids=ids), list_stars(session, provider_ids=ids, on=on)
    employed = _employed(session, ids)
    unfit = queries.list_unfit(session, carer_ids=[carer for carers in employed.values() for carer in carers], on=on)
    return [
        ProviderLine(
            provider=facts_of(ProviderFacts, each),
            place=places[each.area_code]["zh"],
            place_en=places[each.area_code]["en"],
            licence=_standing(each.licence_expires_on, rules[each.area_code], on),
            agreement=_standing(each.agreement_expires_on, rules[each.area_code], on),
            taken=taken.get(each.id, 0),
            carers=len(employed[each.id]),
            unfit=sum(carer in unfit for carer in employed[each.id]),
            stars=stars[each.id],
        )
        for each in providers
    ]


def _employed(session: Session, provider_ids: Collection[int]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    query = select(Carer.provider_id, Carer.id).where(
        Carer.provider_id.in_(provider_ids), Carer.employed_until.is_(None)
    )
    for provider_id, carer_id in session.execute(query):
        found[provider_id].append(carer_id)
    return found


def _carer_lines(session: Session, carers: Sequence[Carer], places: Mapping[int, str], on: date) -> Sequence[CarerLine]:
    ids = [each.id for each in carers]
    unfit = queries.list_unfit(session, carer_ids=ids, on=on)
    rules = find_rules_of(session, area_codes=set(places.values()), on=on)
    held: dict[int, list[CarerCertificate]] = defaultdict(list)
    for certificate in queries.list_certificates(session, carer_ids=ids):
        held[certificate.carer_id].append(certificate)
    found = []
    for carer in carers:
        ruled = rules[places[carer.provider_id]]
        lines = list(_certificate_lines(held[carer.id], ruled, on))
        shown = {line.certificate.kind for line in lines}
        missing = [kind for kind in ruled.required if kind not in shown]
        found.append(
            CarerLine(
                carer=facts_of(PersonFacts, carer), reasons=unfit.get(carer.id, ()), certificates=lines, missing=missing
            )
        )
    return found


def _certificate_lines(
    certificates: Sequence[CarerCertificate], rules: ProviderRules, on: date
) -> Iterator[CertificateLine]:
    """Mark the first of each kind, which is the latest, as the one that counts."""
    seen: set[str] = set()
    for each in certificates:
        yield CertificateLine(
            certificate=facts_of(CertificateFacts, each),
            standing=_standing(each.expires_on, rules, on),
            is_latest=each.kind not in seen,
            is_required=each.kind in rules.required,
        )
        seen.add(each.kind)


def _standing(expires_on: date | None, rules: ProviderRules, on: date) -> Standing:
    return standing_on(expires_on, on=on, notice_days=rules.notice_days)
