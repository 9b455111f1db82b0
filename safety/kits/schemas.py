"""What forms and the API of kits take and give."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, post_load, validate

from app.areas.checking import check_code, check_code_if_any
from app.clock import ZONE
from app.people.rules import LONGEST_ADDRESS, LONGEST_NAME
from safety.kits.homes import Application
from safety.kits.listing import OPEN, TROUBLED, DeviceFilter, HomeFilter
from safety.kits.page_words import AWAY_NAMES, CONTACT_NAMES, PLACE_NAMES
from safety.kits.queries import PAGE
from safety.kits.rules import DeviceState, HomeState

ID = validate.Range(min=1, max=2**63 - 1)
TYPE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z")
PLACE = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z")
GATEWAY_CODE = validate.Regexp(
    r"\A[a-z0-9][a-z0-9-]{1,39}\Z", error=_l("Two to forty small letters, digits and hyphens.")
)
SERIAL = validate.Regexp(r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{1,59}\Z", error=_l("Letters and digits as on the device."))
REF = validate.Regexp(r"\A([A-Za-z0-9][A-Za-z0-9._:-]{0,119})?\Z", error=_l("Letters and digits without blanks."))
DAYS = validate.Range(min=date(2000, 1, 1), max=date(2099, 12, 31))
FIRST, LAST = datetime(2000, 1, 1, tzinfo=ZONE), datetime(2099, 12, 31, tzinfo=ZONE)
STATES = (OPEN, TROUBLED, "away", "testing", *map(str, HomeState))


def check_printable(text: str) -> None:
    """Refuse what neither the database nor a page could hold.

    :raises ValidationError: if a character cannot be printed
    """
    if any(not character.isprintable() and character not in "\r\n\t" for character in text):
        raise ValidationError(str(_l("There is a character in it that cannot be printed.")))


def words(longest: int = 2000, least: int = 0, **options: Any) -> fields.String:
    """Make a field for words."""
    if not least:
        options = {"load_default": "", **options}
    return fields.String(validate=[validate.Length(least, longest), check_printable], **options)


def whole_id(**options: Any) -> fields.Integer:
    """Make a field for the number of something."""
    return fields.Integer(validate=ID, **options)


class LocalMoment(fields.Field[datetime]):
    """A moment as a form gives it, by the clock on the wall."""

    default_error_messages = {"invalid": _l("Write a moment as 2026-11-21T11:48.")}  # noqa: RUF012 - marshmallow's own

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> datetime:
        try:
            moment = datetime.strptime(str(value), "%Y-%m-%dT%H:%M").replace(tzinfo=ZONE)
        except ValueError as error:
            raise self.make_error("invalid") from error
        _check_moment(moment)
        return moment


def _check_moment(moment: datetime) -> None:
    if not FIRST <= moment <= LAST:
        raise ValidationError(str(_l("This must lie between %(least)s and %(most)s.", least="2000", most="2099")))


class KitPagesIn(Schema):
    """Which page of a list."""

    after = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=200))


class KitHomesIn(KitPagesIn):
    """Which homes to list."""

    state = fields.String(load_default=OPEN, validate=validate.OneOf(STATES))
    area = fields.String(load_default="", validate=check_code_if_any)

    @post_load
    def as_filters(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what narrows the list as one value."""
        filters = HomeFilter(state=data.pop("state"), area_code=data.pop("area"))
        return {**data, "filters": filters}


class KitHomesPlaceIn(KitHomesIn):
    """The same in the address of a page."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE


class KitDevicesIn(KitPagesIn):
    """Which devices to list."""

    state = fields.String(load_default="", validate=validate.OneOf(("", TROUBLED, *map(str, DeviceState))))
    kind = fields.String(load_default="", validate=validate.Length(max=40))
    serial = fields.String(load_default="", validate=validate.Length(max=60))
    home_id = whole_id(load_default=None)

    @post_load
    def as_filters(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what narrows the list as one value."""
        names = ("state", "kind", "serial", "home_id")
        filters = DeviceFilter(**{name: data.pop(name) for name in names})
        return {**data, "filters": filters}


class KitDevicesPlaceIn(KitDevicesIn):
    """The same in the address of a page."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE


class KitApplicationFormIn(Schema):
    """An application for a kit."""

    payer = fields.String(required=True, validate=validate.OneOf(("public", "own")))
    lives_alone = fields.Boolean(load_default=False)
    kin_near = fields.Boolean(load_default=False)
    agreed_by = fields.String(required=True, validate=validate.OneOf(("senior", "guardian")))
    agreed_on = fields.Date(required=True, validate=DAYS)
    address = words(LONGEST_ADDRESS)
    instructions = words()

    @post_load
    def as_application(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what is said as one value."""
        rest = {"senior_id": data.pop("senior_id")} if "senior_id" in data else {}
        return {"application": Application(**data), **rest}


class KitApplicationIn(KitApplicationFormIn):
    """An application for a kit for a senior."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)


class KitHomeChangesIn(Schema):
    """What changes of a home; what is not named stays. Sealed fields are never given back here."""

    address = words(LONGEST_ADDRESS, load_default=missing)
    way_in = words(500, load_default=missing)
    illnesses = words(1000, load_default=missing)
    medicines = words(1000, load_default=missing)
    instructions = words(2000, load_default=missing)
    lives_alone = fields.Boolean()
    kin_near = fields.Boolean()
    health_agreed_on = fields.Date(allow_none=True, validate=DAYS)

    @post_load
    def as_changes(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the changes as one value."""
        return {"changes": data}


class KitHomeFormIn(KitHomeChangesIn):
    """What the form about a home says: what is sealed and left empty stays, the rest is what was seen and sent."""

    instructions = words()
    lives_alone = fields.Boolean(load_default=False)
    kin_near = fields.Boolean(load_default=False)


class KitHealthFormIn(Schema):
    """What the desk may read of illnesses and medicines, and since when the senior agrees to it."""

    health_agreed_on = fields.Date(required=True, validate=DAYS)
    illnesses = words(1000)
    medicines = words(1000)

    @post_load
    def as_changes(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the changes as one value."""
        return {"changes": data}


class KitWordsIn(Schema):
    """Why."""

    words = words(1000, least=2, required=True)


class KitReasonIn(Schema):
    """Why it is sent back."""

    reason = words(1000, least=2, required=True)


class KitNothingIn(Schema):
    """Nothing more is asked."""


class KitRevealIn(Schema):
    """What somebody wants to see, and why."""

    parts = fields.List(
        fields.String(validate=validate.OneOf(("address", "way_in", "illnesses", "medicines"))),
        required=True,
        validate=validate.Length(1, 4),
    )
    reason = words(200, least=1, required=True)

    @post_load
    def as_asked(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the names as the service takes them."""
        return {"fields": data["parts"], "reason": data["reason"]}


class KitPhoneIn(Schema):
    """Why somebody wants to see a number."""

    reason = words(200, least=1, required=True)


class KitAwayFormIn(Schema):
    """Where somebody is, and until when."""

    reason = fields.String(required=True, validate=validate.OneOf(tuple(AWAY_NAMES)))
    until_at = LocalMoment(load_default=None)


class KitAwayIn(Schema):
    """Where somebody is, from when and until when; nothing means from now, and until a word."""

    reason = fields.String(required=True, validate=validate.OneOf(tuple(AWAY_NAMES)))
    from_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=_check_moment)
    until_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=_check_moment)


class KitContactFormIn(Schema):
    """Somebody to be called."""

    kind = fields.String(load_default="contact", validate=validate.OneOf(tuple(CONTACT_NAMES)))
    name = words(LONGEST_NAME, least=1, required=True)
    phone = words(30, least=1, required=True)
    relation = words(40)
    has_key = fields.Boolean(load_default=False)
    minutes_away = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=600))


class KitContactIn(KitContactFormIn):
    """Somebody to be called, with an account of their own if they have one."""

    account_id = whole_id(load_default=None, allow_none=True)


class KitContactChangesIn(KitContactFormIn):
    """The same anew; a number that is left out stays."""

    phone = words(30)

    @post_load
    def as_changes(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the changes as one value."""
        return {"changes": data}


class KitDeviceIn(Schema):
    """A device to take into stock."""

    kind = fields.String(required=True, validate=TYPE)
    serial = fields.String(required=True, validate=SERIAL)
    area_code = fields.String(data_key="area", required=True, validate=check_code)
    ref = fields.String(load_default="", validate=REF)


class KitAssignIn(Schema):
    """Devices for a home."""

    device_ids = fields.List(whole_id(), required=True, validate=validate.Length(1, 50))


class KitInstallFormIn(Schema):
    """Where a device stands now, and through what it speaks."""

    place = fields.String(required=True, validate=validate.OneOf(tuple(PLACE_NAMES)))
    gateway_id = whole_id(required=True)
    ref = fields.String(load_default="", validate=REF)


class KitInstallIn(KitInstallFormIn):
    """Which device stands where in a home now."""

    device_id = whole_id(required=True)
    place = fields.String(required=True, validate=PLACE)


class KitSerialFormIn(KitInstallFormIn):
    """A device from the stock by the number on it."""

    serial = fields.String(required=True, validate=SERIAL)


class KitMoveFormIn(Schema):
    """Where a device stands now."""

    place = fields.String(required=True, validate=validate.OneOf(tuple(PLACE_NAMES)))


class KitMoveIn(Schema):
    """Where a device stands now."""

    place = fields.String(required=True, validate=PLACE)


class KitReturnIn(Schema):
    """What is said of a device that came back."""

    words = words(1000)


class KitGatewayIn(Schema):
    """A gateway to add."""

    code = fields.String(required=True, validate=GATEWAY_CODE)
    name = words(80, least=1, required=True)
    area_code = fields.String(data_key="area", required=True, validate=check_code)
    heartbeat_seconds = fields.Integer(load_default=300, validate=validate.Range(min=10, max=604_800))
    home_id = whole_id(load_default=None, allow_none=True)


class KitSettingFormIn(Schema):
    """Since when, until when and why a home is judged otherwise."""

    valid_from = fields.Date(required=True, validate=DAYS)
    valid_until = fields.Date(load_default=None, allow_none=True, validate=DAYS)
    words = words(1000, least=4, required=True)

    class Meta:
        """The thresholds themselves are read by their names."""

        unknown = EXCLUDE


class KitSettingIn(KitSettingFormIn):
    """What a home is to have otherwise."""

    overrides = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)),
        values=fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000_000)),
        required=True,
        validate=validate.Length(1, 40),
    )
