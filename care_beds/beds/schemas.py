"""What forms and the API of beds take: the same fields, typed by people or sent by programs."""

import base64
import binascii
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.areas.checking import check_code, check_code_if_any
from app.people.rules import LONGEST_ADDRESS, LONGEST_NAME
from care_beds.beds.agreeing import Signer
from care_beds.beds.applying import Applicant
from care_beds.beds.preparing import DWELLINGS, HAZARDS, LIVES_WITH, Survey
from care_beds.beds.queries import IN_PREPARATION, OPEN, OVERDUE, PAGE, BedFilter
from care_beds.beds.rules import CloseReason, Party, PauseReason, State

RELATIONS = ("self", "spouse", "child", "family", "guardian", "community")
ID = validate.Range(min=1, max=2**63 - 1)
CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z")
SERIAL = validate.Regexp(r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{2,59}\Z")
PHONE = validate.Regexp(r"\A(\+?[0-9 -]{5,20})?\Z")
COST_FEN_AT_MOST = 10_000_000
LONGEST_PICTURE = 12_000_000  # eight megabytes as base64; what a picture may be says who keeps it
DAYS = validate.Range(min=date(2000, 1, 1), max=date(2099, 12, 31))


def check_printable(text: str) -> None:
    """Refuse what neither the database nor a page could hold.

    :raises ValidationError: if a character cannot be printed
    """
    if any(not character.isprintable() and character not in "\r\n\t" for character in text):
        raise ValidationError(str(_l("There is a character in it that cannot be printed.")))


def words(longest: int = 2000, **options: Any) -> fields.String:
    """Make a field for words that may be left out."""
    return fields.String(load_default="", validate=[validate.Length(max=longest), check_printable], **options)


def day(**options: Any) -> fields.Date:
    """Make a field for a day of this century."""
    return fields.Date(validate=DAYS, **{"required": True, **options})


def codes(longest: int = 40) -> fields.List[Any]:
    """Make a field for some of a list's codes."""
    return fields.List(fields.String(validate=CODE), load_default=list, validate=validate.Length(max=longest))


class Yuan(fields.Field[int]):
    """An amount typed in yuan, as 350 or 350.50, kept in fen."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "invalid": _l("Write yuan as 16 or 16.50."),
        "bounds": _l("From 0 to 100 000 yuan."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> int:
        try:
            fen = Decimal(str(value)) * 100
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not str(value).isascii() or not fen.is_finite() or fen != fen.to_integral_value():
            raise self.make_error("invalid")
        if not 0 <= fen <= COST_FEN_AT_MOST:
            raise self.make_error("bounds")
        return int(fen)


class BedsIn(Schema):
    """Which beds: ``open`` have not ended, ``overdue`` wait for a late step, ``preparing`` are not in service yet."""

    state = fields.String(load_default=OPEN, validate=validate.OneOf([OPEN, OVERDUE, IN_PREPARATION, *map(str, State)]))
    area = fields.String(load_default="", validate=check_code_if_any)
    provider_id = fields.Integer(load_default=None, validate=ID)
    programme = fields.String(load_default="", validate=validate.Length(max=40))
    proposed = fields.Boolean(load_default=False)
    after = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=200))

    @post_load
    def as_filters(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what narrows the list as one value."""
        filters = BedFilter(
            state=data["state"],
            area_code=data["area"],
            provider_id=data["provider_id"],
            programme=data["programme"],
            proposed=data["proposed"],
        )
        return {"filters": filters, "after": data["after"], "limit": data["limit"]}


class BedsPlaceIn(BedsIn):
    """The same in the address of a page, where other parts are not ours."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE


class BedFormIn(Schema):
    """An application: who asks, and for what."""

    programme = fields.String(required=True, validate=CODE)
    relation = fields.String(required=True, validate=validate.OneOf(RELATIONS))
    applicant_name = fields.String(load_default="", validate=[validate.Length(max=LONGEST_NAME), check_printable])
    applicant_phone = fields.String(load_default="", validate=PHONE)
    applied_on = day()
    address = words(LONGEST_ADDRESS)
    note = words(1000)

    @post_load
    def as_application(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give who applies as one value."""
        applicant = Applicant(
            relation=data.pop("relation"), name=data.pop("applicant_name"), phone=data.pop("applicant_phone")
        )
        return data | {"applicant": applicant}


class BedIn(BedFormIn):
    """An application for a senior."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)


class BedFamilyIn(Schema):
    """What a family applies for; who asks is known by the account."""

    programme = fields.String(required=True, validate=CODE)
    note = words(1000)


class BedFamilySignIn(Schema):
    """A signature for the senior by an own account: the name, and that the agreement was read."""

    name = fields.String(required=True, validate=[validate.Length(min=1, max=LONGEST_NAME), check_printable])
    agrees = fields.Boolean(
        required=True, validate=validate.Equal(True, error=_l("Tick this if you agree; else nothing is signed."))
    )


class BedReasonIn(Schema):
    """Why."""

    reason = words()


class BedWordsIn(Schema):
    """What is said of it."""

    words = words()


class BedNothingIn(Schema):
    """Nothing more is asked."""


class BedSurveyIn(Schema):
    """What was found at home, and what is to be built in."""

    surveyed_on = day()
    dwelling = fields.String(required=True, validate=validate.OneOf(DWELLINGS))
    lives_with = fields.String(required=True, validate=validate.OneOf(LIVES_WITH))
    floor = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=-2, max=99))
    has_lift = fields.Boolean(load_default=False)
    has_network = fields.Boolean(load_default=False)
    agrees_to_devices = fields.Boolean(load_default=False)
    hazards = fields.List(fields.String(validate=validate.OneOf(HAZARDS)), load_default=list)
    lat = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=-90, max=90))
    lon = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=-180, max=180))
    words = words()
    items = codes()
    devices = codes()

    @post_load
    def as_survey(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what was found as one value."""
        rest: dict[str, Any] = {name: data.pop(name) for name in ("address", "area_code") if name in data}
        for name in ("hazards", "items", "devices"):
            data[name] = tuple(data.get(name, ()))
        return {"survey": Survey(**data), **rest}


class BedMoveIn(BedSurveyIn):
    """Where a bed moves to, and what was found there."""

    class Meta:
        """What is built in there is said like at any other time."""

        exclude = ("items", "devices")

    address = words(LONGEST_ADDRESS)
    area_code = fields.String(data_key="area", required=True, validate=check_code)


class BedProviderIn(BedWordsIn):
    """Who is to look after the bed."""

    provider_id = fields.Integer(required=True, validate=ID)


class BedAgreementIn(BedWordsIn):
    """From when until when an agreement is to hold, and with which provider if with another."""

    from_on = day()
    until_on = day()
    provider_id = fields.Integer(load_default=None, allow_none=True, validate=ID)


class BedSignatureIn(Schema):
    """Who signs for which party."""

    party = fields.Enum(Party, by_value=True, required=True)
    name = fields.String(required=True, validate=[validate.Length(min=1, max=LONGEST_NAME), check_printable])
    relation = fields.String(load_default="", validate=validate.OneOf(["", *RELATIONS]))
    is_paper = fields.Boolean(load_default=False)

    @post_load
    def as_signer(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give who signs as one value."""
        return {"signer": Signer(**data)}


class BedItemIn(BedWordsIn):
    """A change to the home."""

    item = fields.String(required=True, validate=CODE)


class BedDoneFormIn(BedWordsIn):
    """What a change cost, and when it was done; the picture comes beside it."""

    cost_fen = Yuan(data_key="cost", required=True)
    done_on = day()


class BedPictureIn(Schema):
    """A picture."""

    data = fields.String(
        data_key="picture",
        required=True,
        validate=validate.Length(min=1, max=LONGEST_PICTURE),
        metadata={"description": "base64"},
    )

    @post_load
    def as_bytes(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the picture as it is.

        :raises ValidationError: if it is no base64
        """
        try:
            return data | {"data": base64.b64decode(data["data"], validate=True)}
        except (binascii.Error, ValueError) as error:
            raise ValidationError(str(_l("This is no base64.")), "picture") from error


class BedDoneIn(BedPictureIn):
    """A change that is done: the picture of after, what it cost, and when."""

    cost_fen = fields.Integer(required=True, strict=True, validate=validate.Range(0, COST_FEN_AT_MOST))
    done_on = day()
    words = words(500)


class BedDeviceIn(Schema):
    """A device that stands in the home."""

    kind = fields.String(required=True, validate=CODE)
    serial = fields.String(required=True, validate=SERIAL)
    installed_on = day()


class BedTestIn(Schema):
    """Whether a device works."""

    works = fields.Boolean(required=True)
    words = words(500)


class BedOutIn(Schema):
    """When a device left the home, and whether it is lost."""

    is_lost = fields.Boolean(load_default=False)
    on = day()
    words = words(500)


class BedDayIn(Schema):
    """From which day on."""

    on = day()


class BedResumeIn(BedDayIn):
    """From which day on, and what is said of it."""

    words = words()


class BedPauseIn(BedWordsIn):
    """Why a bed rests, and from when."""

    reason = fields.Enum(PauseReason, by_value=True, required=True)
    from_on = day()


class BedCloseIn(BedResumeIn):
    """Why a bed ends, and from when."""

    reason = fields.Enum(CloseReason, by_value=True, required=True)
