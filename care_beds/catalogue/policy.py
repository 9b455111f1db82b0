"""The policy kind ``care_catalogue``: what carers do at home, how long, at which price, paid by which points."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.money import yuan
from app.policies.fields import MISSING, PlainSchema, choice, line, listed, part, whole
from app.policies.kinds import Fault, Kind, Table
from app.web.wording import in_language, join
from care_beds.catalogue.rules import CareService, Catalogue, Group, Item, Unit, Vital
from care_beds.catalogue.words import GROUP_NAMES, PURPOSE_NAMES, UNIT_NAMES, VITAL_NAMES

NAME = "care_catalogue"
# What lies beyond is a slip of the pen, fen typed as yuan.
PRICE_FEN_AT_MOST = 100_000
MINUTES_AT_MOST = 480
CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,29}\Z", error=_l("A code has 2 to 30 small letters, digits and _."))


def code_field() -> fields.String:
    """Make a field for the code by which others know a thing."""
    return fields.String(required=True, validate=CODE, error_messages={**MISSING, "invalid": _l("This must be text.")})


class ServiceNameIn(PlainSchema):
    """What a thing is called."""

    zh = line(40, required=True)
    en = line(80, required=True)


class CareItemIn(PlainSchema):
    """Something that is ticked."""

    code = code_field()
    name = part(ServiceNameIn, required=True)


class CareServiceIn(PlainSchema):
    """One service."""

    code = code_field()
    name = part(ServiceNameIn, required=True)
    group = choice([str(each) for each in Group], required=True)
    unit = choice([str(each) for each in Unit], required=True)
    minutes = whole(5, MINUTES_AT_MOST, required=True)
    price_fen = whole(1, PRICE_FEN_AT_MOST, required=True)
    purpose = choice(PURPOSE_NAMES, required=True)
    items = listed(fields.Nested(CareItemIn), least=1, most=20, required=True)
    vitals = listed(choice([str(each) for each in Vital]), most=len(Vital), load_default=list)


class CareCatalogueIn(PlainSchema):
    """Body of a ``care_catalogue`` document."""

    services = listed(fields.Nested(CareServiceIn), least=1, most=60, required=True)


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``care_catalogue`` body."""
    yield from _find_doubles([each["code"] for each in loaded["services"]], ("services",))
    for index, service in enumerate(loaded["services"]):
        yield from _find_doubles([each["code"] for each in service["items"]], ("services", index, "items"))
        for place, vital in enumerate(service["vitals"]):
            if vital in service["vitals"][:place]:
                yield Fault(("services", index, "vitals", place), _l("This is there twice."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``care_catalogue`` body into a table."""
    columns = (
        gettext("Service"),
        gettext("Kind"),
        gettext("Usual length"),
        gettext("Price"),
        gettext("Points that may pay"),
        gettext("What is ticked"),
    )
    return (
        Table(
            part="services",
            title=gettext("Services at home"),
            columns=columns,
            rows=tuple(_row(service) for service in loaded["services"]),
        ),
    )


CARE_CATALOGUE = Kind(
    name=NAME,
    label=_l("Services at home"),
    schema=CareCatalogueIn,
    checks=find_faults,
    tables=list_tables,
    example={
        "services": [
            {
                "code": "bathing",
                "name": {"zh": "助浴", "en": "Bathing help"},
                "group": "bathing",
                "unit": "visit",
                "minutes": 60,
                "price_fen": 8000,
                "purpose": "bathing",
                "items": [{"code": "water", "name": {"zh": "试水温", "en": "Test the water"}}],
                "vitals": ["blood_pressure"],
            }
        ]
    },
)


def read_catalogue(body: Mapping[str, Any], *, document_id: int) -> Catalogue:
    """Turn a body into a catalogue.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = CareCatalogueIn().load(body)
    return Catalogue(document_id=document_id, services={each["code"]: _service(each) for each in loaded["services"]})


def _service(each: Mapping[str, Any]) -> CareService:
    return CareService(
        code=each["code"],
        name=each["name"],
        group=Group(each["group"]),
        unit=Unit(each["unit"]),
        minutes=each["minutes"],
        price_fen=each["price_fen"],
        purpose=each["purpose"],
        items=tuple(Item(item["code"], item["name"]) for item in each["items"]),
        vitals=tuple(Vital(vital) for vital in each["vitals"]),
    )


def _row(service: Mapping[str, Any]) -> tuple[str, ...]:
    ticked = [in_language(item["name"]) for item in service["items"]]
    measured = [str(VITAL_NAMES[vital]) for vital in service["vitals"]]
    price = gettext("%(amount)s yuan %(unit)s", amount=yuan(service["price_fen"]), unit=UNIT_NAMES[service["unit"]])
    return (
        str(in_language(service["name"])),
        str(GROUP_NAMES[service["group"]]),
        str(gettext("%(n)s minutes", n=service["minutes"])),
        str(price),
        str(PURPOSE_NAMES[service["purpose"]]),
        join([*ticked, *measured]),
    )


def _find_doubles(codes: Sequence[str], path: tuple[str | int, ...]) -> Iterable[Fault]:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Fault((*path, index, "code"), _l("This code is there twice."))
