"""What the pages and the API of turns of life take and give."""

from marshmallow import Schema, fields, validate

from app.areas.checking import check_code
from app.people.turns import TurnKind
from portal.turns.queries import PAGE
from portal.turns.rules import EARLIEST

REASON = validate.Length(min=2, max=200)
WHY = validate.Length(min=4, max=200)
CURSOR = validate.Range(min=1, max=2**63 - 1)
LIVED = validate.Range(min=EARLIEST)
KIND = validate.OneOf([str(kind) for kind in TurnKind])


class TurnFormIn(Schema):
    """What is recorded of a person."""

    kind = fields.Enum(TurnKind, by_value=True, required=True)
    from_on = fields.Date(required=True, format="iso", validate=LIVED, metadata={"example": "2026-11-18"})
    until_on = fields.Date(load_default=None, allow_none=True, format="iso")
    to_area_code = fields.String(load_default=None, allow_none=True, validate=check_code)
    reason = fields.String(required=True, validate=REASON)


class TurnIn(TurnFormIn):
    """What is recorded of whom."""

    senior_id = fields.Integer(required=True, strict=True, validate=CURSOR)


class TurnWhyIn(Schema):
    """Why a turn is taken back."""

    why = fields.String(required=True, validate=WHY)


class TurnReasonIn(Schema):
    """Why something is refused."""

    reason = fields.String(required=True, validate=REASON)


class TurnsIn(Schema):
    """A page of turns."""

    after = fields.Integer(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=200))


class TurnWordsOut(Schema):
    """A sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class TurnEffectOut(Schema):
    """One thing that a turn did or would do."""

    feature = fields.String(required=True)
    code = fields.String(required=True)
    count = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True, allow_none=True)
    words = fields.Nested(TurnWordsOut, required=True)


class TurnPreviewOut(Schema):
    """What recording would do."""

    effects = fields.List(fields.Nested(TurnEffectOut), required=True)


class TurnItemOut(Schema):
    """A turn in a list."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=KIND)
    from_on = fields.Date(required=True, format="iso")
    until_on = fields.Date(required=True, allow_none=True, format="iso")
    source = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")
    undone_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class TurnsOut(Schema):
    """A page of turns, the latest first."""

    items = fields.List(fields.Nested(TurnItemOut), required=True)
    next = fields.String(required=True, allow_none=True)


class TurnClaimOut(Schema):
    """Spends that wait to be claimed back."""

    id = fields.Integer(required=True)
    feature = fields.String(required=True)
    count = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True, format="iso")


class TurnOut(Schema):
    """A turn with what it did, what was taken back, and what waits for a second person."""

    item = fields.Nested(TurnItemOut, required=True)
    reason = fields.String(required=True)
    settle_on = fields.Date(required=True, allow_none=True, format="iso")
    done = fields.List(fields.Nested(TurnEffectOut), required=True)
    undone = fields.List(fields.Nested(TurnEffectOut), required=True)
    claims = fields.List(fields.Nested(TurnClaimOut), required=True)
    undo_asked = fields.Function(lambda view: view.undo is not None, metadata={"type": "boolean"})


class TurnListIn(Schema):
    """A daily list as text: CSV with the columns of the template."""

    file_name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    csv = fields.String(required=True, validate=validate.Length(min=1, max=1_000_000))


class TurnListOut(Schema):
    """A daily list, with how many rows stand where."""

    id = fields.Integer(required=True)
    file_name = fields.String(required=True)
    rows = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class TurnRowIn(Schema):
    """Who a near miss is: one of those who were found, or nobody."""

    senior_id = fields.Integer(load_default=None, allow_none=True, validate=CURSOR)


class TurnRowOut(Schema):
    """What became of a row."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    state = fields.String(required=True)
    senior_id = fields.Integer(required=True, allow_none=True)
    turn_id = fields.Integer(required=True, allow_none=True)


class TurnConfirmedOut(Schema):
    """What became of the rows that were confirmed."""

    items = fields.List(fields.Nested(TurnRowOut), required=True)
