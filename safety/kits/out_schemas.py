"""What the API says of kits."""

from typing import Any

from marshmallow import Schema, fields


class KitHomeItemOut(Schema):
    """A home in a list."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    state = fields.String(required=True)
    payer = fields.String(required=True)
    devices = fields.Integer(required=True)
    troubled = fields.Integer(required=True, metadata={"description": "Installed devices that are not well."})
    is_away = fields.Boolean(required=True)
    is_testing = fields.Boolean(required=True)
    applied_on = fields.Date(required=True)
    started_on = fields.Date(required=True, allow_none=True)


class KitHomesOut(Schema):
    """A page of homes."""

    items = fields.List(fields.Nested(KitHomeItemOut), required=True)
    next = fields.String(required=True, allow_none=True)


class KitDeviceOut(Schema):
    """A device, where it is and how well."""

    id = fields.Integer(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    serial = fields.String(required=True)
    ref = fields.String(required=True, metadata={"description": "What its gateway calls it."})
    state = fields.String(required=True)
    place = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    home_id = fields.Integer(required=True, allow_none=True)
    gateway_id = fields.Integer(required=True, allow_none=True)
    health = fields.String(required=True, allow_none=True)
    heard_at = fields.AwareDateTime(required=True, allow_none=True)
    battery = fields.Integer(required=True, allow_none=True)
    installed_at = fields.AwareDateTime(required=True, allow_none=True)
    tested_at = fields.AwareDateTime(required=True, allow_none=True)


class KitDeviceFactsOut(Schema):
    """A device as it is after it was changed."""

    id = fields.Integer(required=True)
    type = fields.String(required=True)
    serial = fields.String(required=True)
    ref = fields.String(required=True)
    state = fields.String(required=True)
    place = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    home_id = fields.Integer(required=True, allow_none=True)
    gateway_id = fields.Integer(required=True, allow_none=True)
    installed_at = fields.AwareDateTime(required=True, allow_none=True)
    tested_at = fields.AwareDateTime(required=True, allow_none=True)


class KitDevicesOut(Schema):
    """A page of devices."""

    items = fields.List(fields.Nested(KitDeviceOut), required=True)
    next = fields.String(required=True, allow_none=True)


class KitContactOut(Schema):
    """Somebody to be called; the number masked."""

    id = fields.Integer(required=True)
    position = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    relation = fields.String(required=True)
    phone = fields.String(required=True)
    has_key = fields.Boolean(required=True)
    minutes_away = fields.Integer(required=True, allow_none=True)
    account_id = fields.Integer(required=True, allow_none=True)


class KitStepOut(Schema):
    """Something that was done with the kit."""

    kind = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    device = fields.String(required=True)
    place = fields.String(required=True)
    words = fields.String(required=True)


class KitHomeOut(Schema):
    """One home with its kit; what is sealed stays sealed."""

    id = fields.Integer(attribute="home.id", required=True)
    senior_id = fields.Integer(attribute="home.senior_id", required=True)
    senior = fields.String(required=True)
    area = fields.String(attribute="home.area_code", required=True)
    state = fields.String(attribute="home.state", required=True)
    payer = fields.String(attribute="home.payer", required=True)
    lives_alone = fields.Boolean(attribute="home.lives_alone", required=True)
    kin_near = fields.Boolean(attribute="home.kin_near", required=True)
    instructions = fields.String(attribute="home.instructions", required=True)
    health_agreed_on = fields.Date(attribute="home.health_agreed_on", required=True, allow_none=True)
    applied_on = fields.Date(attribute="home.applied_on", required=True)
    started_on = fields.Date(attribute="home.started_on", required=True, allow_none=True)
    ended_on = fields.Date(attribute="home.ended_on", required=True, allow_none=True)
    away_reason = fields.String(attribute="home.away_reason", required=True, allow_none=True)
    away_from = fields.AwareDateTime(attribute="home.away_from", required=True, allow_none=True)
    away_until = fields.AwareDateTime(attribute="home.away_until", required=True, allow_none=True)
    is_away = fields.Boolean(required=True)
    testing_until = fields.AwareDateTime(attribute="home.testing_until", required=True, allow_none=True)
    missing = fields.List(fields.String(), required=True, metadata={"description": "What it needs before it begins."})
    overrides = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    devices = fields.List(fields.Nested(KitDeviceOut), attribute="kit", required=True)
    contacts = fields.List(fields.Nested(KitContactOut), required=True)
    steps = fields.List(fields.Nested(KitStepOut), required=True)


class KitRevealedOut(Schema):
    """What was sealed, as far as it was asked for."""

    address = fields.String()
    way_in = fields.String()
    illnesses = fields.String()
    medicines = fields.String()


class KitPhoneOut(Schema):
    """A whole number."""

    phone = fields.String(required=True)


class KitSettingOut(Schema):
    """What a home has, or is to have, otherwise than its area; without a first day it was taken back."""

    id = fields.Integer(required=True)
    overrides = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    words = fields.String(required=True)
    state = fields.String(required=True)
    valid_from = fields.Function(lambda setting: _day(setting.valid.lower), metadata={"type": ["string", "null"]})
    valid_until = fields.Function(lambda setting: _day(setting.valid.upper), metadata={"type": ["string", "null"]})
    reason = fields.String(required=True)


class KitSettingsOut(Schema):
    """What was wished for a home, the latest first."""

    items = fields.List(fields.Nested(KitSettingOut), required=True)


class KitGatewayOut(Schema):
    """A gateway; never its secret."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    home_id = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True)
    heartbeat_seconds = fields.Integer(required=True)
    last_seen_at = fields.AwareDateTime(required=True, allow_none=True)
    token_at = fields.AwareDateTime(required=True, allow_none=True)
    is_silent = fields.Boolean(required=True)


class KitGatewaysOut(Schema):
    """A page of gateways."""

    items = fields.List(fields.Nested(KitGatewayOut), required=True)
    next = fields.String(required=True, allow_none=True)


class KitIssuedOut(Schema):
    """A gateway with its secret: the bearer token of the API and the password at the broker, told once."""

    gateway = fields.Nested(KitGatewayOut, required=True)
    token = fields.String(required=True)
    mqtt_user = fields.String(required=True)


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
