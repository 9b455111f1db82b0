"""Providers of home care and their carers over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import Role, allow, current_actor
from app.auth.queries import list_usernames
from app.clock import business_day
from app.db import transaction
from care_beds.providers import carers, hiring, reading, services
from care_beds.providers.access import KEEPERS, MANAGERS, READERS, REVIEWERS
from care_beds.providers.schemas import (
    CarerCertificateIn,
    CarerChangesIn,
    CarerDepartureIn,
    CarerHiredOut,
    CarerIdOut,
    CarerIn,
    CarerKinIn,
    CarerOut,
    CarersOut,
    CarerWordsIn,
    CertificatesEndingIn,
    CertificatesEndingOut,
    ProviderFactsIn,
    ProviderIdOut,
    ProviderIn,
    ProviderNoteOut,
    ProviderOut,
    ProviderReviewIn,
    ProvidersIn,
    ProvidersOut,
    ProviderStateIn,
)

blueprint = Blueprint(
    "care_providers", __name__, url_prefix="/api/v1/care-beds", description="Providers of home care and their carers"
)


@blueprint.get("/providers")
@allow(*READERS)
@blueprint.arguments(ProvidersIn, location="query")
@blueprint.response(200, ProvidersOut)
def list_providers(asked: dict[str, Any]) -> Any:
    """List the providers that the caller may see."""
    with transaction() as session:
        return reading.list_provider_lines(session, actor=current_actor(), on=business_day(clock.now()), **asked)


@blueprint.post("/providers")
@allow(*KEEPERS)
@blueprint.arguments(ProviderIn)
@blueprint.response(201, ProviderIdOut)
def open_provider(body: dict[str, Any]) -> Any:
    """Take a provider into the register."""
    with transaction() as session:
        return services.open_provider(session, **body, by=current_actor(), now=clock.now())


@blueprint.get("/providers/<int:provider_id>")
@allow(*READERS)
@blueprint.response(200, ProviderOut)
def get_provider(provider_id: int) -> Any:
    """Return one provider."""
    with transaction() as session:
        today = business_day(clock.now())
        return reading.get_provider_view(session, provider_id=provider_id, actor=current_actor(), on=today).line


@blueprint.put("/providers/<int:provider_id>")
@allow(*KEEPERS)
@blueprint.arguments(ProviderFactsIn)
@blueprint.response(200, ProviderIdOut)
def change_provider(changes: dict[str, Any], provider_id: int) -> Any:
    """Change the facts of a provider."""
    with transaction() as session:
        return services.change_provider(
            session, provider_id=provider_id, changes=changes, by=current_actor(), now=clock.now()
        )


@blueprint.post("/providers/<int:provider_id>/state")
@allow(*KEEPERS)
@blueprint.arguments(ProviderStateIn)
@blueprint.response(200, ProviderIdOut)
def set_state(body: dict[str, Any], provider_id: int) -> Any:
    """Suspend a provider, let it go on, or end it."""
    with transaction() as session:
        return services.set_state(session, provider_id=provider_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/providers/<int:provider_id>/reviews")
@allow(*REVIEWERS)
@blueprint.arguments(ProviderReviewIn)
@blueprint.response(201, ProviderNoteOut)
def review_provider(body: dict[str, Any], provider_id: int) -> Any:
    """Write down what was found at a provider."""
    with transaction() as session:
        return services.review_provider(session, provider_id=provider_id, **body, by=current_actor(), now=clock.now())


@blueprint.get("/providers/<int:provider_id>/carers")
@allow(*READERS)
@blueprint.response(200, CarersOut)
def list_carers(provider_id: int) -> Any:
    """List the carers of a provider, those who have left last."""
    with transaction() as session:
        today = business_day(clock.now())
        view = reading.get_provider_view(session, provider_id=provider_id, actor=current_actor(), on=today)
        return {"items": view.carers}


@blueprint.post("/providers/<int:provider_id>/carers")
@allow(*MANAGERS)
@blueprint.arguments(CarerIn)
@blueprint.response(201, CarerHiredOut)
def hire_carer(body: dict[str, Any], provider_id: int) -> Any:
    """Take on a carer, with an account of their own; whoever worked here before gets the old one back."""
    with transaction() as session:
        carer, password = hiring.hire_carer(
            session, provider_id=provider_id, **body, by=current_actor(), now=clock.now()
        )
        username = list_usernames(session, account_ids=[carer.account_id])[carer.account_id]
        return {"id": carer.id, "username": username, "password": password}


@blueprint.get("/carers/<int:carer_id>")
@allow(*READERS, Role.CARER)
@blueprint.response(200, CarerOut)
def get_carer(carer_id: int) -> Any:
    """Return one carer; a carer sees only themselves."""
    with transaction() as session:
        today = business_day(clock.now())
        return reading.get_carer_view(session, carer_id=carer_id, actor=current_actor(), on=today).line


@blueprint.put("/carers/<int:carer_id>")
@allow(*MANAGERS)
@blueprint.arguments(CarerChangesIn)
@blueprint.response(200, CarerIdOut)
def change_carer(body: dict[str, Any], carer_id: int) -> Any:
    """Change how a carer is called and reached."""
    with transaction() as session:
        return carers.change_carer(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/departure")
@allow(*MANAGERS)
@blueprint.arguments(CarerDepartureIn)
@blueprint.response(200, CarerIdOut)
def let_go(body: dict[str, Any], carer_id: int) -> Any:
    """Write down that a carer has left."""
    with transaction() as session:
        return carers.let_go(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/suspension")
@allow(*MANAGERS)
@blueprint.arguments(CarerWordsIn)
@blueprint.response(200, CarerIdOut)
def suspend_carer(body: dict[str, Any], carer_id: int) -> Any:
    """Keep a carer from visiting until further notice."""
    with transaction() as session:
        return carers.suspend_carer(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/resumption")
@allow(*MANAGERS)
@blueprint.arguments(CarerWordsIn)
@blueprint.response(200, CarerIdOut)
def resume_carer(body: dict[str, Any], carer_id: int) -> Any:
    """Let a suspended carer visit again."""
    with transaction() as session:
        return carers.resume_carer(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/certificates")
@allow(*MANAGERS)
@blueprint.arguments(CarerCertificateIn)
@blueprint.response(201, ProviderNoteOut)
def record_certificate(body: dict[str, Any], carer_id: int) -> Any:
    """Record a certificate; a photo of it is added on the page."""
    with transaction() as session:
        return carers.record_certificate(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/certificates/<int:certificate_id>/withdrawal")
@allow(*MANAGERS)
@blueprint.arguments(CarerWordsIn)
@blueprint.response(204)
def withdraw_certificate(body: dict[str, Any], carer_id: int, certificate_id: int) -> None:
    """Take back a certificate that is not good, or was typed wrongly."""
    with transaction() as session:
        about: dict[str, Any] = {"carer_id": carer_id, "certificate_id": certificate_id}
        carers.withdraw_certificate(session, **about, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/kin")
@allow(*MANAGERS, Role.CARER)
@blueprint.arguments(CarerKinIn)
@blueprint.response(201, ProviderNoteOut)
def declare_kin(body: dict[str, Any], carer_id: int) -> Any:
    """Declare a senior who is a carer's kin, or lives with them."""
    with transaction() as session:
        return carers.declare_kin(session, carer_id=carer_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/carers/<int:carer_id>/kin/<int:kin_id>/end")
@allow(*MANAGERS)
@blueprint.arguments(CarerWordsIn)
@blueprint.response(204)
def end_kin(body: dict[str, Any], carer_id: int, kin_id: int) -> None:
    """Take back a declaration; a carer asks the manager for it."""
    with transaction() as session:
        carers.end_kin(session, carer_id=carer_id, kin_id=kin_id, **body, by=current_actor(), now=clock.now())


@blueprint.get("/certificates/ending")
@allow(*READERS)
@blueprint.arguments(CertificatesEndingIn, location="query")
@blueprint.response(200, CertificatesEndingOut)
def list_ending(asked: dict[str, Any]) -> Any:
    """List the certificates that end soon or have ended, the first to end first."""
    with transaction() as session:
        return reading.list_ending(session, actor=current_actor(), on=business_day(clock.now()), **asked)
