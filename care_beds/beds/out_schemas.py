"""What the API of beds gives: beds in a list, one with its papers, what is built in, and its history."""

from marshmallow import Schema, fields, validate

from care_beds.beds.rules import DeviceState, ItemState, Party, State, Step

STATES = validate.OneOf([str(state) for state in State])


class BedItemOut(Schema):
    """A bed in a list."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    place = fields.String(required=True)
    provider_id = fields.Integer(required=True, allow_none=True)
    provider = fields.String(required=True)
    programme = fields.String(required=True)
    state = fields.String(required=True, validate=STATES)
    level = fields.Integer(required=True, allow_none=True)
    since_on = fields.Date(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    proposal = fields.String(required=True, allow_none=True)


class BedsOut(Schema):
    """Beds and the cursor of the next page."""

    items = fields.List(fields.Nested(BedItemOut), required=True)
    next = fields.String(required=True, allow_none=True)


class BedStepOut(Schema):
    """A step of a bed's life."""

    step = fields.String(required=True, validate=validate.OneOf([str(step) for step in Step]))
    to_state = fields.String(required=True, validate=STATES)
    on_day = fields.Date(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    words = fields.String(required=True)


class BedSignatureOut(Schema):
    """A signature under an agreement."""

    party = fields.String(required=True, validate=validate.OneOf([str(party) for party in Party]))
    how = fields.String(required=True)
    name = fields.String(required=True)
    relation = fields.String(required=True)
    signed_at = fields.AwareDateTime(required=True)


class BedAgreementOut(Schema):
    """An agreement with its signatures."""

    provider_id = fields.Integer(required=True)
    provider = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    state = fields.String(required=True)
    signatures = fields.List(fields.Nested(BedSignatureOut), required=True)


class BedAdaptationOut(Schema):
    """A change to the home."""

    id = fields.Integer(required=True)
    item = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in ItemState]))
    words = fields.String(required=True)
    cost_fen = fields.Integer(required=True, allow_none=True)
    before_picture_id = fields.UUID(required=True, allow_none=True)
    after_picture_id = fields.UUID(required=True, allow_none=True)
    done_on = fields.Date(required=True, allow_none=True)


class BedDeviceOut(Schema):
    """A device of a bed."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    serial = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in DeviceState]))
    installed_on = fields.Date(required=True, allow_none=True)
    tested_on = fields.Date(required=True, allow_none=True)
    returned_on = fields.Date(required=True, allow_none=True)
    words = fields.String(required=True)


class BedOut(Schema):
    """One bed with everything that is known of it."""

    id = fields.Integer(attribute="bed.id", required=True)
    number = fields.String(attribute="bed.number", required=True)
    senior_id = fields.Integer(attribute="bed.senior_id", required=True)
    senior = fields.String(required=True)
    area = fields.String(attribute="bed.area_code", required=True)
    place = fields.String(required=True)
    provider_id = fields.Integer(attribute="bed.provider_id", required=True, allow_none=True)
    provider = fields.String(required=True)
    programme = fields.String(attribute="bed.programme", required=True)
    state = fields.String(attribute="bed.state", required=True, validate=STATES)
    next_step = fields.String(required=True)
    since_on = fields.Date(attribute="bed.since_on", required=True)
    due_on = fields.Date(attribute="bed.due_on", required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    level = fields.Integer(attribute="bed.level", required=True, allow_none=True)
    assessment_id = fields.Integer(attribute="bed.assessment_id", required=True, allow_none=True)
    assessed_until = fields.Date(attribute="bed.assessed_until", required=True, allow_none=True)
    plan_id = fields.Integer(attribute="bed.plan_id", required=True, allow_none=True)
    applied_on = fields.Date(attribute="bed.applied_on", required=True)
    relation = fields.String(attribute="bed.relation", required=True)
    proposal = fields.String(attribute="bed.proposal", required=True, allow_none=True)
    proposal_reason = fields.String(attribute="bed.proposal_reason", required=True, allow_none=True)
    agreement = fields.Nested(BedAgreementOut, required=True, allow_none=True)
    draft = fields.Nested(BedAgreementOut, required=True, allow_none=True)
    adaptations = fields.List(fields.Nested(BedAdaptationOut), attribute="items", required=True)
    devices = fields.List(fields.Nested(BedDeviceOut), required=True)
    steps = fields.List(fields.Nested(BedStepOut), required=True)


class BedPlaceOut(Schema):
    """How many beds stand in a community, by how far they are."""

    area = fields.String(attribute="area_code", required=True)
    preparing = fields.Integer(required=True)
    in_service = fields.Integer(required=True)
    suspended = fields.Integer(required=True)
    closing = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    total = fields.Integer(required=True)


class BedPlacesOut(Schema):
    """Beds by community."""

    items = fields.List(fields.Nested(BedPlaceOut), required=True)
