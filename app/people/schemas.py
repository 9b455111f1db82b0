"""What the API and the forms of seniors and cards take and give."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.areas.checking import check_code
from app.people.drafts import CHANGEABLE
from app.people.importing import Mode
from app.people.queries import LARGEST_PAGE, PAGE
from app.people.rules import IncomeClass, LivingSituation, Sex, Status
from app.people.services import REVEALABLE, SEALED

LONGEST_TEXT = 1000  # beyond what any rule allows, so that the rules say what is too long
TEXT = validate.Length(max=LONGEST_TEXT)
CURSOR = validate.Range(min=0, max=2**63 - 1)
AREA_CODE = {"example": "330106003"}
CORRECTIONS = tuple(str(status) for status in Status if status is not Status.DECEASED)
PLAIN_FIELDS = tuple(name for name in CHANGEABLE if name not in SEALED)


def _choice(values: Any, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf([str(value) for value in values]), **options)


def _check_is_no_death(value: str) -> None:
    if value == Status.DECEASED:
        raise ValidationError(str(_l("A death is recorded as a turn of life, so that everything stops with it.")))


class FactsIn(Schema):
    """Facts of a senior that may change; ``null`` takes a value away."""

    name = fields.String(validate=TEXT)
    phone = fields.String(allow_none=True, validate=TEXT, metadata={"example": "13800138000"})
    hukou_area = fields.String(validate=TEXT, metadata=AREA_CODE)
    residence_area = fields.String(validate=TEXT, metadata=AREA_CODE)
    address = fields.String(allow_none=True, validate=TEXT)
    living_situation = _choice(LivingSituation, allow_none=True)
    income_class = _choice(IncomeClass)
    ability_level = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=0, max=4))

    @post_load
    def as_typed(self, data: dict[str, Any], **_others: Any) -> dict[str, str]:
        """Give every value as somebody would type it: the rules that follow are those of forms and files."""
        return {name: "" if value is None else str(value) for name, value in data.items()}


class SeniorIn(FactsIn):
    """A new senior. Birth date and sex may be left out; the ID number says them."""

    name = fields.String(required=True, validate=TEXT)
    id_number = fields.String(required=True, validate=TEXT, metadata={"example": "11010519491231002X"})
    birth_date = fields.Date(format="iso", allow_none=True)
    sex = _choice(Sex, allow_none=True)
    hukou_area = fields.String(required=True, validate=TEXT, metadata=AREA_CODE)
    residence_area = fields.String(required=True, validate=TEXT, metadata=AREA_CODE)


class StatusIn(Schema):
    """A correction of the register: what holds for a senior from a day on, or until before another.

    A death is a turn of life, so that everything ends with it, and is no correction.
    """

    status = fields.String(required=True, validate=[_check_is_no_death, validate.OneOf([*CORRECTIONS])])
    from_on = fields.Date(required=True, format="iso")
    until_on = fields.Date(load_default=None, allow_none=True, format="iso")

    @post_load
    def as_status(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the status as its type."""
        return data | {"status": Status(data["status"])}


class RevealIn(Schema):
    """What to show, and why."""

    field = _choice(REVEALABLE, required=True)
    reason = fields.String(required=True, validate=TEXT, metadata={"example": "上门核对身份"})


class ListIn(Schema):
    """Which seniors to list: by name or card number, within an area."""

    query = fields.String(load_default="", validate=validate.Length(max=200))
    area = fields.String(load_default=None, validate=check_code, metadata=AREA_CODE)
    after = fields.Integer(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class SearchIn(Schema):
    """Whom to find: a name, a card number, a whole ID number or a phone number."""

    query = fields.String(required=True, validate=validate.Length(min=1, max=200))
    after = fields.Integer(load_default=None, allow_none=True, strict=True, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, strict=True, validate=validate.Range(min=1, max=LARGEST_PAGE))


class SeniorFormIn(Schema):
    """The form of a new senior, as typed."""

    name = fields.String(validate=TEXT)
    id_number = fields.String(validate=TEXT)
    phone = fields.String(validate=TEXT)
    hukou_area = fields.String(validate=TEXT)
    residence_area = fields.String(validate=TEXT)
    address = fields.String(validate=TEXT)
    living_situation = fields.String(validate=TEXT)
    income_class = fields.String(validate=TEXT)
    ability_level = fields.String(validate=TEXT)


class SeniorEditIn(SeniorFormIn):
    """The form of changes, as typed: sealed values stay unless a new one is typed or they are taken away."""

    class Meta:
        """Who a person is has no field here."""

        exclude = ("id_number",)

    forget_phone = fields.Boolean(load_default=False)
    forget_address = fields.Boolean(load_default=False)

    @post_load
    def as_changes(self, data: dict[str, Any], **_others: Any) -> dict[str, str]:
        """Give what changes: a field left empty is taken away, a sealed one left empty stays."""
        changes = {name: data.get(name, "") for name in PLAIN_FIELDS}
        for name in SEALED:
            if data[f"forget_{name}"]:
                changes[name] = ""
            elif name in data:
                changes[name] = data[name]
        return changes


class RevealFormIn(Schema):
    """What to show, and why; the service says what is wrong with the reason."""

    field = _choice(REVEALABLE, required=True)
    reason = fields.String(load_default="", validate=TEXT)


class SearchFormIn(Schema):
    """What was typed into the search box."""

    query = fields.String(load_default="", validate=validate.Length(max=200))
    area = fields.String(load_default="")


class DecisionIn(Schema):
    """How a checked file is taken in."""

    mode = _choice(Mode, required=True)


class CardOut(Schema):
    """A card of a senior."""

    number = fields.String(required=True)
    state = fields.String(required=True)


class SeniorOut(Schema):
    """A senior; what identifies the person is masked."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    age = fields.Integer(required=True)
    sex = fields.String(required=True)
    id_number = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    hukou_area = fields.String(required=True)
    residence_area = fields.String(required=True)
    living_situation = fields.String(required=True, allow_none=True)
    income_class = fields.String(required=True)
    ability_level = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True)
    cards = fields.List(fields.Nested(CardOut), required=True)


class SeniorsOut(Schema):
    """Some seniors, and the cursor of the next page."""

    items = fields.List(fields.Nested(SeniorOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class PeriodOut(Schema):
    """A status and its days; the end is exclusive."""

    status = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)


class PeriodsOut(Schema):
    """A senior's status over time."""

    items = fields.List(fields.Nested(PeriodOut), required=True)


class IssuedOut(CardOut):
    """A card, and whose it is."""

    senior_id = fields.Integer(required=True)


class RevealOut(Schema):
    """A value, shown once."""

    field = fields.String(required=True)
    value = fields.String(required=True)
