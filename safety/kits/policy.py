"""The policy kind ``device_types``: who gets a kit, what it is made of, and which devices may be added."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.fields import AreaOrTrue, PlainSchema, choice, flag, line, listed, part, whole
from app.policies.kinds import Fault, Kind, Table
from app.web.wording import in_language, join
from safety.kits.errors import NoKitRules
from safety.kits.page_words import BATTERY_NAMES, KIND_NAMES
from safety.kits.rules import BATTERY_CLASSES, EVENT_KINDS, DeviceType, KitTerms, Paid

NAME = "device_types"
CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z", error=_l("Small letters, digits and low lines."))
# What records pictures or sound has no place in a home (杭民发〔2023〕35号), under whatever name.
RECORDS = ("camera", "video", "audio", "microphone", "摄像", "录像", "录音", "视频", "拾音")


class TitleIn(PlainSchema):
    """The same name in both languages."""

    zh = line(60, required=True)
    en = line(60, required=True)


class PaidIn(PlainSchema):
    """Whose kit is paid for by the public purse; everything that is said must be so."""

    age_from = whole(40, 120, required=True)
    hukou = AreaOrTrue(load_default=None)
    lives_alone = flag(required=True)
    kin_elsewhere = flag(required=True)


class WhoIn(PlainSchema):
    """Who may have a kit at all, and whose is paid for."""

    age_from = whole(40, 120, required=True)
    paid = part(PaidIn, required=True)


class TypeIn(PlainSchema):
    """A kind of device."""

    code = fields.String(required=True, validate=CODE)
    title = part(TitleIn, required=True)
    kinds = listed(choice(EVENT_KINDS), least=1, most=len(EVENT_KINDS), required=True)
    heartbeat_seconds = whole(10, 604_800, required=True)
    battery = choice(BATTERY_CLASSES, required=True)
    low_battery = whole(1, 90, load_default=20)


class DeviceTypesIn(PlainSchema):
    """Body of a ``device_types`` document."""

    who = part(WhoIn, required=True)
    kit = listed(fields.String(validate=CODE), least=1, most=10, required=True)
    test_minutes = whole(1, 120, required=True)
    types = listed(fields.Nested(TypeIn), least=1, most=100, required=True)


def find_faults(body: Mapping[str, Any], _area_code: str) -> Iterator[Fault]:
    """Object to types that stand twice, record somebody, or are in the kit without being there."""
    codes = [each["code"] for each in body["types"]]
    for index, each in enumerate(body["types"]):
        if each["code"] in codes[:index]:
            yield Fault(("types", index, "code"), _l("This name stands there already."))
        named = " ".join((each["code"], *each["title"].values())).lower()
        if any(word in named for word in RECORDS):
            yield Fault(("types", index), _l("What takes pictures or records sound is not put into homes."))
    for index, code in enumerate(body["kit"]):
        if code not in codes:
            yield Fault(("kit", index), _l("This device is not in the list of the document."))
    if body["who"]["paid"]["age_from"] < body["who"]["age_from"]:
        yield Fault(("who", "paid", "age_from"), _l("Nobody so young may have a kit by this document."))


def describe(body: Mapping[str, Any]) -> Sequence[Table]:
    """Put a document into tables."""
    return (_who_table(body["who"]), _kit_table(body), _test_table(body), _types_table(body["types"]))


def _who_table(who: Mapping[str, Any]) -> Table:
    age = gettext("from %(age)s", age=who["age_from"])
    return Table(
        part="who",
        title=gettext("Who may have a kit"),
        columns=(gettext("Who pays"), gettext("For whom")),
        rows=(
            (gettext("Oneself"), age),
            (gettext("The public purse"), join([gettext("from %(age)s", age=who["paid"]["age_from"]), *_asked(who)])),
        ),
    )


def _asked(who: Mapping[str, Any]) -> Iterator[str]:
    paid = who["paid"]
    if paid.get("hukou"):
        yield gettext("hukou in the place of the document") if paid["hukou"] is True else paid["hukou"]
    if paid["lives_alone"]:
        yield gettext("lives alone")
    if paid["kin_elsewhere"]:
        yield gettext("no spouse or child in the same district")


def _kit_table(body: Mapping[str, Any]) -> Table:
    titles = {each["code"]: in_language(each["title"]) for each in body["types"]}
    rows = tuple((titles.get(code, code),) for code in body["kit"])
    return Table(part="kit", title=gettext("What every kit is made of"), columns=(gettext("Device"),), rows=rows)


def _test_table(body: Mapping[str, Any]) -> Table:
    label = gettext("Calls within this time after a test is begun are tests")
    told = gettext("%(n)s minutes", n=body["test_minutes"])
    return Table(part="test_minutes", title=label, columns=(gettext("How long"),), rows=((told,),))


def _types_table(types: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        part="types",
        title=gettext("Devices"),
        columns=(
            gettext("What it is called"),
            gettext("What it tells"),
            gettext("Heard at least every"),
            gettext("Power"),
            gettext("Battery is low under"),
        ),
        rows=tuple(
            (
                in_language(each["title"]),
                join([str(KIND_NAMES[kind]) for kind in each["kinds"]]),
                tell_seconds(each["heartbeat_seconds"]),
                str(BATTERY_NAMES[each["battery"]]),
                f"{each.get('low_battery', 20)}%",
            )
            for each in types
        ),
    )


def tell_seconds(seconds: int) -> str:
    """Write a length of time in the largest unit that leaves no rest."""
    if seconds % 3600 == 0:
        return str(gettext("%(n)s hours", n=seconds // 3600))
    if seconds % 60 == 0:
        return str(gettext("%(n)s minutes", n=seconds // 60))
    return str(gettext("%(n)s seconds", n=seconds))


DEVICE_TYPES = Kind(
    name=NAME,
    label=_l("Kits and devices"),
    schema=DeviceTypesIn,
    checks=find_faults,
    tables=describe,
    example={
        "who": {
            "age_from": 60,
            "paid": {"age_from": 80, "hukou": True, "lives_alone": True, "kin_elsewhere": True},
        },
        "kit": ["sos"],
        "test_minutes": 15,
        "types": [
            {
                "code": "sos",
                "title": {"zh": "固定报警", "en": "Fixed alarm"},
                "kinds": ["sos", "heartbeat"],
                "heartbeat_seconds": 300,
                "battery": "mains",
            }
        ],
    },
)


def find_terms(session: Session, *, area_code: str, on: date) -> KitTerms | None:
    """Return the terms that hold for kits of a place, or nothing."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return _terms(document) if document else None


def get_terms(session: Session, *, area_code: str, on: date) -> KitTerms:
    """Return the terms that hold for kits of a place.

    :raises NoKitRules: if no document holds there
    """
    found = find_terms(session, area_code=area_code, on=on)
    if found is None:
        raise NoKitRules
    return found


def terms_in_force(session: Session, *, on: date) -> Mapping[str, KitTerms]:
    """Return the terms of each place that has a document for the day."""
    return {each.area_code: _terms(each) for each in policies.list_in_force(session, kind=NAME, on=on)}


def terms_of_places(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, KitTerms]:
    """Return the terms of many places on a day in one statement; places without any are left out."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    read: dict[str, KitTerms] = {}
    found = {}
    for place in set(area_codes):
        holder = next((code for code in (place, *ancestors(place)) if code in known), None)
        if holder:
            read[holder] = read.get(holder) or _terms(known[holder])
            found[place] = read[holder]
    return found


def _terms(document: Any) -> KitTerms:
    loaded = DeviceTypesIn().load(document.body)
    paid = loaded["who"]["paid"]
    hukou = document.area_code if paid["hukou"] is True else paid["hukou"]
    return KitTerms(
        policy_id=document.id,
        age_from=loaded["who"]["age_from"],
        paid=Paid(
            age_from=paid["age_from"],
            hukou=hukou,
            lives_alone=paid["lives_alone"],
            kin_elsewhere=paid["kin_elsewhere"],
        ),
        kit=tuple(loaded["kit"]),
        test_minutes=loaded["test_minutes"],
        types={each["code"]: _type(each) for each in loaded["types"]},
    )


def _type(loaded: Mapping[str, Any]) -> DeviceType:
    return DeviceType(
        code=loaded["code"],
        title=loaded["title"],
        kinds=tuple(loaded["kinds"]),
        heartbeat_seconds=loaded["heartbeat_seconds"],
        battery=loaded["battery"],
        low_battery=loaded["low_battery"],
    )
