"""What the pages of grant runs take."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from app.policies.fields import AreaCode
from subsidies.allowance.models import CHANGES

LONGEST_CODE = 40
ID = validate.Range(1, 2**63 - 1)


class Month(fields.Field[date]):
    """A month such as 2026-11, as its first day."""

    default_error_messages = {"invalid": "Not a valid date."}  # noqa: RUF012 - marshmallow's own declaration

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> date:
        try:
            year, month = str(value).split("-")[:2]
            return date(int(year), int(month), 1)
        except ValueError as error:
            raise self.make_error("invalid") from error


class RunIn(Schema):
    """A run to propose."""

    programme = fields.String(required=True, validate=validate.Length(1, LONGEST_CODE))
    month = Month(required=True)
    area = AreaCode(required=True)


class RejectionIn(Schema):
    """Why something is sent back."""

    reason = fields.String(required=True, validate=validate.Length(2, 300))


class ListIn(Schema):
    """Which runs to list."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    programme = fields.String(load_default="", validate=validate.Length(max=LONGEST_CODE))
    month = Month(load_default=None)
    after = fields.Integer(load_default=None, validate=ID)


class PeopleIn(Schema):
    """Which of a run's people to list."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    change = fields.String(load_default="", validate=validate.OneOf(["", *CHANGES]))
    place = AreaCode(load_default="")
    after = fields.Integer(load_default=None, validate=ID)


class CorrectionIn(Schema):
    """A correction to propose: for whom, of which programme, from which month on, and why."""

    senior_id = fields.Integer(required=True, validate=ID)
    programme = fields.String(required=True, validate=validate.Length(1, LONGEST_CODE))
    since = Month(required=True)
    why = fields.String(required=True, validate=validate.Length(2, 300))
