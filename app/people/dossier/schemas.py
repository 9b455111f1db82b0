"""What the API and the pages of a person's timeline and notes take and give."""

from marshmallow import Schema, fields, validate

from app.people.dossier.queries import PAGE as NOTES_PAGE
from app.people.dossier.rules import NoteKind
from app.people.dossier.timeline import LARGEST_PAGE, PAGE
from app.people.schemas import TEXT

CURSOR = validate.Length(max=300)
SORT = validate.Regexp(r"[a-z_]{1,40}$")
# Beyond what the rule allows, so that the rule says what is too long.
BODY = validate.Length(max=5000)
KINDS = [str(kind) for kind in NoteKind]
ID = validate.Range(min=1, max=2**63 - 1)


class TimelineIn(Schema):
    """Which moments of a person, from where on."""

    sort = fields.String(load_default="", validate=SORT)
    after = fields.String(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class TimelinePlaceIn(Schema):
    """What the address of a person's page asks of the timeline."""

    sort = fields.String(load_default="", validate=SORT)
    after = fields.String(load_default=None, validate=CURSOR)


class NotesPlaceIn(Schema):
    """What the address of a person's page asks of the notes."""

    after = fields.String(load_default=None, validate=CURSOR)


class MomentOut(Schema):
    """Something that happened to a person, in the language asked for."""

    at = fields.AwareDateTime(required=True)
    key = fields.String(required=True)
    sort = fields.String(required=True)
    title = fields.String(required=True)
    words = fields.String(required=True)


class TimelineOut(Schema):
    """Some moments, newest first, and the cursor of the next page."""

    items = fields.List(fields.Nested(MomentOut), required=True)
    next = fields.String(required=True, allow_none=True)


class SeniorNotesIn(Schema):
    """Which notes, from where on."""

    after = fields.String(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=NOTES_PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class SeniorNoteIn(Schema):
    """A note about a person, or a correction of one."""

    body = fields.String(required=True, validate=BODY, metadata={"example": "白天听力不好，请按两次门铃。"})
    kind = fields.String(load_default=NoteKind.PLAIN, validate=validate.OneOf(KINDS))
    corrects = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ID)


class SeniorNoteFormIn(Schema):
    """The form of a note; the service says what is wrong with its text."""

    body = fields.String(load_default="", validate=BODY)
    kind = fields.String(load_default=NoteKind.PLAIN, validate=validate.OneOf(KINDS))
    corrects = fields.Integer(load_default=None, validate=ID)


class SeniorNoteOut(Schema):
    """A note; the text of a confidential one is shown only with a reason."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    body = fields.String(required=True, allow_none=True)
    written_by = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True)
    corrects = fields.Integer(required=True, allow_none=True)
    corrected_by = fields.Integer(required=True, allow_none=True)


class SeniorNotesOut(Schema):
    """Some notes, newest first, and the cursor of the next page."""

    items = fields.List(fields.Nested(SeniorNoteOut), required=True)
    next = fields.String(required=True, allow_none=True)


class SeniorNoteWrittenOut(Schema):
    """The note that was written."""

    id = fields.Integer(required=True)


class NoteRevealIn(Schema):
    """Why somebody opens a confidential note."""

    reason = fields.String(required=True, validate=TEXT, metadata={"example": "准备家访"})


class NoteRevealFormIn(Schema):
    """The form that opens a confidential note; the service says what is wrong with the reason."""

    reason = fields.String(load_default="", validate=TEXT)


class NoteRevealOut(Schema):
    """The text of a confidential note, shown once."""

    body = fields.String(required=True)
