"""The forms of the notice centre's pages."""

from marshmallow import Schema, fields, validate

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


class WishesIn(Schema):
    """How somebody wants to be told; what is not ticked is not sent."""

    sms = fields.Boolean(load_default=False)
    email = fields.Boolean(load_default=False)
    kinds = fields.List(fields.String(validate=validate.Length(max=80)), load_default=list)
    language = fields.String(load_default=None, validate=validate.OneOf(["zh", "en"]))
    is_quiet = fields.Boolean(load_default=False)
    quiet_from = fields.Time(format="%H:%M", load_default=None)
    quiet_until = fields.Time(format="%H:%M", load_default=None)


class MailboxIn(Schema):
    """A mailbox that somebody says is theirs."""

    address = fields.Email(required=True, validate=validate.Length(max=LONGEST_ADDRESS))


class MailboxCodeIn(Schema):
    """The code that was sent to it."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{6}$"))
