"""What the forms of relatives, of the counter and of the door take."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.auth.rules import PASSWORD_LONGEST
from app.people.relatives.consents import Witnessed
from app.people.relatives.rules import RELATIVES, How, Relation, Topic

SHORT = validate.Length(max=200)


def _word(words: Any, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf([str(word) for word in words]), **options)


class WitnessedIn(Schema):
    """What a senior agrees to, as a clerk takes it down."""

    topics = fields.List(_word(Topic), load_default=list)
    how = _word(How, required=True)
    until_on = fields.Date(load_default=None, format="iso")

    @post_load
    def as_witnessed(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Put the consent into its type, beside the other fields."""
        topics = frozenset(Topic(topic) for topic in data.pop("topics"))
        witnessed = Witnessed(topics=topics, how=How(data.pop("how")), until_on=data.pop("until_on"))
        if "relation" in data:
            data["relation"] = Relation(data["relation"])
        return data | {"witnessed": witnessed}


class AcceptIn(WitnessedIn):
    """A request that the clerk accepts."""

    is_guardian = fields.Boolean(load_default=False)


class OfferIn(AcceptIn):
    """A link that the clerk offers."""

    name = fields.String(required=True, validate=SHORT)
    relation = _word(RELATIVES, required=True)


class TopicsIn(Schema):
    """Topics to take back; without any, all."""

    topics = fields.List(_word(Topic), load_default=list)

    @post_load
    def as_topics(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the topics as their type."""
        return {"topics": [Topic(topic) for topic in data["topics"]] or list(Topic)}


class ReasonIn(Schema):
    """Why."""

    reason = fields.String(load_default="", validate=SHORT)


class AskIn(Schema):
    """Whom a relative asks to be linked to."""

    card_number = fields.String(required=True, validate=SHORT)
    senior_name = fields.String(required=True, validate=SHORT)
    relation = _word(RELATIVES, required=True)

    @post_load
    def as_relation(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the relation as its type."""
        return data | {"relation": Relation(data["relation"])}


class RememberedIn(Schema):
    """What each form of the door carries: whether the phone is one's own, and where to go on."""

    remember = fields.Boolean(load_default=False)
    next = fields.String(load_default="/")


class CardIn(RememberedIn):
    """A card and the code that was read out."""

    card_number = fields.String(required=True, validate=SHORT)
    code = fields.String(required=True, validate=SHORT)


class PhoneIn(RememberedIn):
    """A phone that a code is sent to."""

    phone = fields.String(required=True, validate=SHORT)


class SentCodeIn(PhoneIn):
    """The code that was sent, with the ticket of the browser that asked for it."""

    ticket = fields.String(required=True, validate=SHORT)
    code = fields.String(required=True, validate=SHORT)


class NewPhoneIn(Schema):
    """A mobile number."""

    phone = fields.String(required=True, validate=SHORT)


class TypedCodeIn(NewPhoneIn):
    """The code that was sent to it."""

    ticket = fields.String(required=True, validate=SHORT)
    code = fields.String(required=True, validate=SHORT)


class JoinIn(Schema):
    """The code on the paper, and the phone to join with; without a paper, no code."""

    paper = fields.String(load_default="", validate=SHORT)
    phone = fields.String(required=True, validate=SHORT)


class JoinedIn(JoinIn, SentCodeIn):
    """All that makes an account and takes up what was offered."""

    name = fields.String(load_default="", validate=SHORT)
    new_password = fields.String(load_default=None, validate=validate.Length(max=PASSWORD_LONGEST))


class PaperIn(Schema):
    """The code on the paper."""

    paper = fields.String(required=True, validate=SHORT)
