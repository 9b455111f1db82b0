"""A provider, its carers and their certificates, on a clerk's screen and on a carer's phone."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.models import Account
from app.clock import business_day
from care_beds.providers.models import CarerCertificate, ProviderReview
from tests.app.people.factories import make_card, make_senior
from tests.app.pictures.photos import make_photo
from tests.care_beds.factories import CITY, STREET, make_carer, make_provider, make_provider_manager
from tests.conftest import NOON
from tests.meals.factories import make_policy

TODAY = business_day(NOON)
RULES = {"required_certificates": ["care_worker", "health"], "notice_days": 60}


def test_a_manager_records_a_certificate_with_its_photo_and_the_carer_sees_it(
    page_as: Callable[..., Page], inspect: Callable[..., None], committed_db: Session, tmp_path: Path
) -> None:
    make_policy(committed_db, kind="provider_rules", body=RULES, area_code=CITY)
    provider = make_provider(committed_db, name="和睦居家照护站", code="HM-01", licence_expires_on=TODAY)
    make_provider(committed_db, name="安颐居家养老服务中心", code="AY-02", state="suspended", state_words="整改消防")
    carer = make_carer(committed_db, provider=provider, certificates=["care_worker"], expires_on=None)
    make_carer(committed_db, provider=provider, name="潘秀芳", expires_on=TODAY)
    manager = committed_db.get_one(Account, make_provider_manager(committed_db, provider).account_id)
    clerk = page_as(Role.STREET_CLERK, lang="en", area_code=STREET)
    committed_db.add(
        ProviderReview(
            provider_id=provider.id,
            reviewed_on=TODAY,
            stars=4,
            words="现场整洁，记录齐全。",
            reviewed_by=manager.id,
            recorded_at=NOON,
        )
    )
    card = make_card(committed_db, make_senior(committed_db, name="王玉兰", hukou_area=STREET)).number
    committed_db.commit()
    clerk.goto("/care/providers")
    inspect(clerk, "providers-en")
    clerk.get_by_role("link", name="和睦居家照护站").click()
    inspect(clerk, "provider-en")
    clerk.get_by_role("link", name="Change").click()
    inspect(clerk, "provider-form-en")

    desk = page_as(None, account=manager, width=360)
    desk.goto("/care/providers")
    inspect(desk, "provider-zh")
    desk.get_by_role("link", name="赵巧珍").click()
    photo = tmp_path / "health.jpg"
    photo.write_bytes(make_photo(width=1200, height=900))
    desk.locator("summary", has_text="登记证书").click()
    desk.locator("#kind").select_option("health")
    desk.locator("#number").fill("健 2026-0171")
    desk.locator("#issued_on").fill("2026-03-01")
    desk.locator("#expires_on").fill("2027-02-28")
    desk.locator("#picture").set_input_files(photo)
    desk.locator("form[enctype] button").click()
    expect(desk.locator(".photo img")).to_have_js_property("naturalWidth", 320)
    assert committed_db.scalars(select(CarerCertificate.kind).where(CarerCertificate.picture_id.is_not(None))).all()
    inspect(desk, "carer-zh")

    phone = page_as(None, account=carer.account, width=360)
    phone.goto("/care/papers")
    phone.locator("summary", has_text="申报亲属").click()
    phone.locator("#card").fill(card)
    phone.locator("#name").fill("王玉兰")
    phone.locator("#relation").select_option("parent")
    inspect(phone, "papers-zh")
    phone.locator("form[action$=kin] button").click()
    expect(phone.locator(".rows", has_text="王玉兰")).to_contain_text("父亲或母亲")
