"""What a till sells by when the line is cut: documents, menus, keys, and the people who may come."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.payment_codes.queries import list_keys
from app.policies import queries as policies
from meals.deciding import terms_of
from meals.models import Canteen, CanteenClosure
from meals.policy import sale_rules
from meals.pricing.plain import plain_terms
from meals.pricing.terms import MealDiscount
from meals.reading.menus import list_items
from meals.tills.door import Device
from meals.tills.guests import COLUMNS, list_guests
from meals.tills.policy import find_till_rules

# Three days: a long weekend's fault in the line does not leave a till without prices; subsidies stop before that.
DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster as it is sent, and the mark of its content by which a till knows that nothing changed."""

    body: bytes
    etag: str


def make_roster(session: Session, *, device: Device, since: str, now: datetime) -> Roster:
    """Put together what a till needs, of the people those about whom something changed.

    :param since: the version the till has; whole again for another day's, or one that is none of ours
    """
    on = business_day(now)
    canteen = session.get_one(Canteen, device.canteen_id)
    known_at = read_version(since, on=on, now=now)
    guests = list_guests(session, canteen_id=canteen.id, area_code=canteen.area_code, on=on, now=now, since=known_at)
    content = {
        "full": known_at is None,
        "on": on.isoformat(),
        "till": {"id": device.till_id, "number": device.till_number, "device": device.number},
        "canteen": _canteen(canteen),
        **_documents(session, canteen, on),
        "keys": list_keys(),
        "columns": COLUMNS,
        "people": guests.people,
        "gone": guests.gone,
    }
    mark = hashlib.sha256(_written(content)).hexdigest()[:32]
    head = {"version": write_version(now, on=on), "server_time": now.isoformat()}
    return Roster(body=_written({**head, **content}), etag=mark)


def compress(body: bytes) -> bytes:
    """Compress a body; the same content always gives the same bytes."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def write_version(at: datetime, *, on: date) -> str:
    """Name the moment of a roster and the day it is for."""
    return f"{round(at.timestamp() * 1000)}-{on.isoformat()}"


def read_version(version: str, *, on: date, now: datetime) -> datetime | None:
    """Return the moment of a version of this day, or nothing where a whole roster is due."""
    at = version_moment(version)
    if at is None or version != write_version(at, on=on) or at > now:
        return None
    return at


def version_moment(version: str) -> datetime | None:
    """Return the moment a version names, whatever its day; nothing where it is none."""
    digits = version.partition("-")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 14):  # until the year 5138
        return None
    return datetime.fromtimestamp(int(digits) / 1000, UTC)


def _documents(session: Session, canteen: Canteen, on: date) -> Mapping[str, Any]:
    days = [on + timedelta(days=n) for n in range(DAYS)]
    found = [policies.find_policy(session, kind="meal_discount", area_code=canteen.area_code, on=day) for day in days]
    documents = {each.id: each for each in found if each}
    places = {document_id: place for place, document_id in enumerate(documents)}
    rules = policies.find_policy(session, kind="sale_rules", area_code=canteen.area_code, on=on)
    limits = find_till_rules(session, area_code=canteen.area_code, on=on)
    return {
        "days": [
            {
                "on": day.isoformat(),
                "open": _is_open(session, canteen, day),
                "terms": places[document.id] if document else None,
                "items": [asdict(item) for item in list_items(session, canteen_id=canteen.id, on=day)],
            }
            for day, document in zip(days, found, strict=True)
        ],
        "terms": [_terms(session, document) for document in documents.values()],
        "sale_rules": asdict(sale_rules(rules)) if rules else None,
        "till_rules": asdict(limits) if limits else None,
    }


def _terms(session: Session, document: Any) -> Mapping[str, Any]:
    discount = terms_of(session, document.id)
    assert isinstance(discount, MealDiscount)
    return {
        "valid_from": document.valid_from.isoformat(),
        "valid_until": document.valid_until.isoformat() if document.valid_until else None,
        "terms": plain_terms(discount),
    }


def _is_open(session: Session, canteen: Canteen, day: date) -> bool:
    closed = select(exists().where(CanteenClosure.canteen_id == canteen.id, CanteenClosure.closed_on == day))
    if day.isoweekday() not in canteen.weekdays or (canteen.closed_from and day >= canteen.closed_from):
        return False
    return not session.scalar(closed)


def _canteen(canteen: Canteen) -> Mapping[str, Any]:
    return {
        "id": canteen.id,
        "name": canteen.name,
        "name_en": canteen.name_en,
        "area_code": canteen.area_code,
        "licence_expires_on": canteen.licence_expires_on.isoformat(),
        "agreement_expires_on": canteen.agreement_expires_on.isoformat(),
    }


def _written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
