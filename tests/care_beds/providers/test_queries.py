"""Whom the register of providers shows to whom, and which carers may not visit."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.models import RoleGrant
from app.auth.workplaces import Trade, find_workplaces, list_workplaces
from app.clock import ZONE
from app.errors import Invalid
from care_beds.providers import queries
from care_beds.providers.errors import CarerNotFound, ProviderNotFound
from care_beds.providers.rules import Unfit
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.care_beds.factories import (
    CITY,
    DISTRICT,
    STREET,
    make_care_staff,
    make_carer,
    make_provider,
    make_provider_manager,
)
from tests.conftest import NOON
from tests.meals.factories import make_policy

DAY = date(2026, 11, 20)
RULES = {"required_certificates": ["care_worker", "health"], "notice_days": 60}


def test_an_area_shows_its_providers_page_by_page(session: Session) -> None:
    made = [make_provider(session, code=f"A-{n}") for n in range(3)]
    make_provider(session, area_code="330106003")
    first = queries.list_providers(session, area_codes=[DISTRICT], limit=2)
    assert list(first.items) == made[:2]
    rest = queries.list_providers(session, area_codes=[DISTRICT], after=first.next, limit=2)
    assert (list(rest.items), rest.next) == (made[2:], None)


def test_a_manager_and_a_carer_reach_their_own_provider_and_no_other(session: Session) -> None:
    own, other = make_provider(session), make_provider(session)
    theirs = make_carer(session, provider=other)
    for actor in (make_provider_manager(session, own), make_carer(session, provider=own).actor):
        assert actor.area_codes == ()
        assert queries.get_provider(session, provider_id=own.id, actor=actor) is own
        with pytest.raises(ProviderNotFound):
            queries.get_provider(session, provider_id=other.id, actor=actor)
        with pytest.raises(CarerNotFound):
            queries.get_carer(session, carer_id=theirs.id, actor=actor)
    clerk = make_care_staff(session, Role.STREET_CLERK)
    assert queries.get_carer(session, carer_id=theirs.id, actor=clerk) is theirs.carer
    assert queries.find_carer(session, account_id=theirs.account.id) is theirs.carer


def test_carers_are_unfit_for_what_their_area_requires(session: Session) -> None:
    provider = make_provider(session)
    good = make_carer(session, provider=provider)
    bare = make_carer(session, provider=provider, certificates=["health"])
    lapsed = make_carer(session, provider=provider, expires_on=date(2026, 11, 19))
    gone = make_carer(session, provider=provider, employed_until=DAY)
    ids = [good.id, bare.id, lapsed.id, gone.id, 999_999]
    assert queries.list_unfit(session, carer_ids=ids, on=DAY).keys() == {gone.id, 999_999}
    make_policy(session, kind="provider_rules", body=RULES, area_code=CITY)
    assert queries.list_unfit(session, carer_ids=ids, on=DAY) == {
        bare.id: (Unfit.CERTIFICATE_MISSING,),
        lapsed.id: (Unfit.CERTIFICATE_EXPIRED,),
        gone.id: (Unfit.NOT_EMPLOYED,),
        999_999: (Unfit.NOT_EMPLOYED,),
    }


def test_one_person_works_for_one_provider_at_a_time(session: Session) -> None:
    number = "330106198005060026"
    make_carer(session, provider=make_provider(session), id_number=number, employed_until=DAY)
    make_carer(session, provider=make_provider(session), id_number=number)
    with pytest.raises(IntegrityError, match="uq_carer_id_number_index_employed"):
        make_carer(session, provider=make_provider(session), id_number=number)


def test_a_carers_role_names_a_provider_and_takes_its_area(client: FlaskClient, session: Session) -> None:
    provider = make_provider(session)
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR, area_code=CITY))
    account = make_account(session)
    path = f"/accounts/{account.id}"
    send = {"csrf_token": form_token(client, "/account"), "role": "carer"}
    assert client.post(f"{path}/roles", data=send).status_code == 422
    assert client.post(f"{path}/roles", data={**send, "provider_id": provider.id}).status_code == 303
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.provider_id, grant.area_code, grant.canteen_id) == (provider.id, STREET, None)
    assert provider.name in client.get(path).get_data(as_text=True)


def test_the_session_of_a_carer_reaches_the_provider_and_its_frame_names_it(
    client: FlaskClient, session: Session
) -> None:
    provider = make_provider(session, name="和睦居家养老服务中心")
    sign_in(client, session, make_carer(session, provider=provider).account)
    assert "和睦居家养老服务中心" in client.get("/account").get_data(as_text=True)


@pytest.mark.parametrize(("role", "provider_id"), [(Role.CARER, None), (Role.STREET_CLERK, 1), (Role.ASSESSOR, 1)])
def test_only_the_roles_of_providers_are_held_for_one(session: Session, role: Role, provider_id: int | None) -> None:
    account = make_account(session)
    with pytest.raises(Invalid) as refused:
        grant_role(
            session,
            account_id=account.id,
            role=role,
            area_code=STREET,
            provider_id=provider_id,
            by=None,
            now=NOON.astimezone(ZONE),
        )
    assert "provider_id" in refused.value.errors


def test_workplaces_of_two_trades_are_told_apart(session: Session) -> None:
    provider = make_provider(session)
    ended = make_provider(session, state="ended", state_words="协议到期不续")
    assert [place.id for place in list_workplaces(session, area_codes=[STREET], trade=Trade.PROVIDER)] == [provider.id]
    assert list_workplaces(session, area_codes=[STREET]) == []
    assert [place.id for place in find_workplaces(session, ids=[ended.id], trade=Trade.PROVIDER)] == [ended.id]
