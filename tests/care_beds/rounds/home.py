"""A carer at a door: a bed with a place and a sticker, today's visit, a daughter who follows."""

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import Actor, Role
from app.auth.models import Account
from app.clock import ZONE
from app.people.models import Senior
from care_beds.beds.models import CareBed
from care_beds.providers.models import CareProvider
from care_beds.rounds import stickers
from care_beds.rounds.stickers import StickerView
from care_beds.visits.models import CareVisit, VisitException
from tests.app.people.factories import bearer
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.factories import (
    Hired,
    hold_care_documents,
    make_bed_in_service,
    make_care_staff,
    make_carer,
    make_provider_manager,
    make_visit,
)
from tests.conftest import FrozenClock

API = "/api/v1/care-beds"
LAT, LON = 30.3044, 120.1712
EARLY = datetime(2026, 11, 20, 8, 45, tzinfo=ZONE)


def make_picture(seed: int = 1, *, size: tuple[int, int] = (96, 72)) -> bytes:
    """Draw a picture that looks like no other: stripes by the seed's bits."""
    image = Image.new("RGB", size, (240, 236, 228))
    pen = ImageDraw.Draw(image)
    for place in range(48):
        shade = (seed * 2654435761 >> place % 29) % 251
        pen.rectangle(
            (place % 8 * 12, place // 8 * 12, place % 8 * 12 + 11, place // 8 * 12 + 11),
            fill=(shade, 255 - shade, shade),
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass(frozen=True)
class Home:
    """What a visit needs."""

    session: Session
    client: FlaskClient
    clock: FrozenClock
    bed: CareBed
    senior: Senior
    carer: Hired
    manager: Actor
    supervisor: Actor
    daughter: Account
    visit: CareVisit
    sticker: StickerView

    def bearer(self, account_id: int) -> dict[str, str]:
        """Log an account in."""
        return bearer(self.session, self.session.get_one(Account, account_id))

    def another_visit(self, *, start: time = time(14), **more: Any) -> CareVisit:
        """Put another visit of the same carer to the same bed into the plan."""
        made = make_visit(self.session, bed=self.bed, carer=self.carer.carer, start=start, **more)
        self.session.commit()
        return made

    def send(
        self,
        what: str,
        *,
        visit: CareVisit | None = None,
        key: str = "",
        picture: bytes | None = b"",
        by: int = 0,
        at: datetime | None = None,
        **changes: Any,
    ) -> TestResponse:
        """Send a mark that nothing is wrong with, unless told otherwise."""
        moment = at or self.clock.now()
        fields = {
            "occurred_at": moment.isoformat(),
            "sticker": self.sticker.text,
            "lat": LAT,
            "lon": LON,
            "accuracy_m": 12,
            "fix_age_s": 3,
            **({"items": ["water"]} if what == "check-out" else {}),
            **changes,
        }
        data: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        seen = make_picture(hash(what) % 1000 + 1) if picture == b"" else picture
        if seen is not None:
            data["picture"] = (io.BytesIO(seen), "picture.jpg")
        key = key or f"{what}-{(visit or self.visit).id}"
        headers = {**self.bearer(by or self.carer.account.id), "Idempotency-Key": key}
        path = f"{API}/visits/{(visit or self.visit).id}/{what}"
        return self.client.post(path, data=data, headers=headers, content_type="multipart/form-data")

    def check_in(self, **more: Any) -> TestResponse:
        """Come to the bed at nine."""
        self.clock.set(max(self.clock.moment, EARLY.replace(hour=9, minute=0)))
        return self.send("check-in", **more)

    def check_out(self, **more: Any) -> TestResponse:
        """Leave an hour later."""
        self.clock.advance(minutes=60)
        return self.send("check-out", **more)

    def finish(self) -> None:
        """Make the whole visit."""
        for answer in (self.check_in(), self.check_out()):
            assert answer.status_code == 201, answer.json

    def confirm(self, **word: Any) -> TestResponse:
        """Send the family's word as the carer brings it."""
        body = {"occurred_at": self.clock.now().isoformat(), **word}
        headers = self.bearer(self.carer.account.id)
        return self.client.post(f"{API}/visits/{self.visit.id}/confirmation", json=body, headers=headers)

    def doubts(self, visit: CareVisit | None = None) -> set[str]:
        """Return what a supervisor looks at."""
        query = select(VisitException.code).where(VisitException.visit_id == (visit or self.visit).id)
        return set(self.session.scalars(query))

    def fresh(self) -> CareVisit:
        """Return the visit as it stands now."""
        self.session.expire_all()
        return self.session.get_one(CareVisit, self.visit.id)


def make_home(session: Session, client: FlaskClient, clock: FrozenClock) -> Home:
    """Make it, at a quarter to nine."""
    clock.set(EARLY)
    hold_care_documents(session)
    bed = make_bed_in_service(session)
    bed.lat, bed.lon = LAT, LON
    session.flush()
    provider = session.get_one(CareProvider, bed.provider_id)
    carer, manager = make_carer(session, provider=provider), make_provider_manager(session, provider)
    senior = session.get_one(Senior, bed.senior_id)
    daughter = make_relative(session)
    make_link(session, senior, daughter)
    visit = make_visit(session, bed=bed, carer=carer.carer)
    sticker = stickers.issue_sticker(session, bed_id=bed.id, by=manager, now=clock.now() - timedelta(days=30))
    supervisor = make_care_staff(session, Role.SUPERVISOR)
    session.commit()
    return Home(
        session=session,
        client=client,
        clock=clock,
        bed=bed,
        senior=senior,
        carer=carer,
        manager=manager,
        supervisor=supervisor,
        daughter=daughter,
        visit=visit,
        sticker=sticker,
    )
