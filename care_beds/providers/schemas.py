"""What the API and the forms of providers and carers take and give."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app.auth.schemas import USERNAME
from care_beds.providers.rules import Certificate, ProviderState, Relation

ID = validate.Range(1, 2**63 - 1)
CODE = validate.Regexp(
    r"\A[A-Za-z0-9][A-Za-z0-9-]{1,11}\Z",
    error=_l("2 to 12 letters, digits and hyphens."),
)
AREA = validate.Regexp(
    r"\A[0-9]{6}([0-9]{3}([0-9]{3})?)?\Z", error=_l("An official code of 6, 9 or 12 digits, as 330105011.")
)
ONE_LINE = validate.Regexp(
    r"\A[^\x00-\x1f\x7f\u2028\u2029]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u2028\u2029]*\Z",
    error=_l("One line of text, not blank."),
)
PHONE = validate.Regexp(r"\A[0-9+ ()-]{5,20}\Z", error=_l("Write a phone number, as 0571-87654321."))
LAST_DAY = {"description": "The last day on which it is good."}


def line(longest: int, **options: Any) -> fields.String:
    """Make a field for one line of text that is not blank."""
    return fields.String(validate=[validate.Length(1, longest), ONE_LINE], **options)


def words(longest: int = 400, **options: Any) -> fields.String:
    """Make a field for a reason in plain words."""
    return fields.String(required=True, validate=[validate.Length(2, longest), ONE_LINE], **options)


class ProvidersIn(Schema):
    """Which providers, and from where on."""

    query = fields.String(load_default="", validate=validate.Length(0, 80))
    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class CertificatesEndingIn(Schema):
    """From where on."""

    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class ProviderFactsIn(Schema):
    """What can change of a provider."""

    name = line(80, required=True)
    area_code = fields.String(data_key="area", required=True, validate=AREA)
    licence_number = line(60, required=True)
    licence_expires_on = fields.Date(required=True, metadata=LAST_DAY)
    agreement_number = line(60, required=True)
    agreement_from = fields.Date(required=True)
    agreement_expires_on = fields.Date(required=True, metadata=LAST_DAY)
    capacity = fields.Integer(required=True, validate=validate.Range(0, 5000))
    phone = fields.String(load_default="", validate=PHONE)


class ProviderIn(ProviderFactsIn):
    """A provider to take into the register; the code never changes."""

    code = fields.String(required=True, validate=CODE)


class ProviderStateIn(Schema):
    """What a provider becomes, and why."""

    state = fields.Enum(ProviderState, by_value=True, required=True)
    words = words()


class ProviderReviewIn(Schema):
    """What somebody found who went and looked."""

    reviewed_on = fields.Date(required=True)
    stars = fields.Integer(required=True, validate=validate.Range(1, 5))
    words = words(2000)


class CarerIn(Schema):
    """Somebody to take on."""

    name = line(50, required=True)
    id_number = fields.String(required=True, validate=validate.Length(1, 40))
    phone = fields.String(required=True, validate=validate.Length(1, 40))
    username = fields.String(required=True, validate=USERNAME)
    employed_from = fields.Date(required=True)


class CarerChangesIn(Schema):
    """How a carer is called and reached."""

    name = line(50, required=True)
    phone = fields.String(required=True, validate=validate.Length(1, 40))


class CarerDepartureIn(Schema):
    """A carer's last day, and why they leave."""

    last_on = fields.Date(required=True)
    words = words()


class CarerWordsIn(Schema):
    """Why."""

    words = words()


class CarerCertificateIn(Schema):
    """A certificate; without a last day it does not end."""

    kind = fields.Enum(Certificate, by_value=True, required=True)
    number = fields.String(required=True, validate=[validate.Length(2, 60), ONE_LINE])
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True, metadata=LAST_DAY)


class CarerKinIn(Schema):
    """A senior who is a carer's kin, or lives with them, by card and name."""

    card = fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{10,30}\Z"))
    name = line(50, required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)
    is_cohabitant = fields.Boolean(load_default=False)


class ProviderOut(Schema):
    """A provider with what holds on the day of asking."""

    id = fields.Integer(required=True, attribute="provider.id")
    code = fields.String(required=True, attribute="provider.code")
    name = fields.String(required=True, attribute="provider.name")
    area = fields.String(required=True, attribute="provider.area_code")
    area_name = fields.String(required=True, attribute="place")
    state = fields.String(required=True, attribute="provider.state")
    licence_number = fields.String(required=True, attribute="provider.licence_number")
    licence_expires_on = fields.Date(required=True, attribute="provider.licence_expires_on")
    licence = fields.String(required=True, metadata={"description": "valid, ending or lapsed."})
    agreement_number = fields.String(required=True, attribute="provider.agreement_number")
    agreement_from = fields.Date(required=True, attribute="provider.agreement_from")
    agreement_expires_on = fields.Date(required=True, attribute="provider.agreement_expires_on")
    agreement = fields.String(required=True, metadata={"description": "valid, ending or lapsed."})
    capacity = fields.Integer(required=True, attribute="provider.capacity")
    taken = fields.Integer(required=True, metadata={"description": "Places that beds take."})
    phone = fields.String(required=True, attribute="provider.phone")
    carers = fields.Integer(required=True)
    unfit = fields.Integer(required=True, metadata={"description": "Carers who may not visit today."})


class ProvidersOut(Schema):
    """A page of providers."""

    items = fields.List(fields.Nested(ProviderOut), required=True)
    next = fields.String(required=True, allow_none=True)


class ProviderIdOut(Schema):
    """The provider that was changed."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)


class CarerCertificateOut(Schema):
    """A certificate, and whether it holds."""

    id = fields.Integer(required=True, attribute="certificate.id")
    kind = fields.String(required=True, attribute="certificate.kind")
    number = fields.String(required=True, attribute="certificate.number")
    issued_on = fields.Date(required=True, attribute="certificate.issued_on")
    expires_on = fields.Date(required=True, allow_none=True, attribute="certificate.expires_on")
    picture_id = fields.UUID(required=True, allow_none=True, attribute="certificate.picture_id")
    standing = fields.String(required=True)
    is_latest = fields.Boolean(required=True)
    is_required = fields.Boolean(required=True)


class CarerOut(Schema):
    """A carer, and why they may not visit today, if so."""

    id = fields.Integer(required=True, attribute="carer.id")
    provider_id = fields.Integer(required=True, attribute="carer.provider_id")
    name = fields.String(required=True, attribute="carer.name")
    state = fields.String(required=True, attribute="carer.state")
    employed_from = fields.Date(required=True, attribute="carer.employed_from")
    employed_until = fields.Date(required=True, allow_none=True, attribute="carer.employed_until")
    reasons = fields.List(fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)
    certificates = fields.List(fields.Nested(CarerCertificateOut), required=True)


class CarersOut(Schema):
    """The carers of a provider."""

    items = fields.List(fields.Nested(CarerOut), required=True)


class CarerHiredOut(Schema):
    """A carer who was taken on; the account's first password is told once."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    password = fields.String(required=True, metadata={"description": "Empty where an account in use was kept."})


class CarerIdOut(Schema):
    """The carer that was changed."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)


class ProviderNoteOut(Schema):
    """What was written down."""

    id = fields.Integer(required=True)


class CertificateEndingOut(Schema):
    """A certificate that ends soon, or has ended."""

    certificate_id = fields.Integer(required=True, attribute="certificate.id")
    kind = fields.String(required=True, attribute="certificate.kind")
    expires_on = fields.Date(required=True, attribute="certificate.expires_on")
    standing = fields.String(required=True)
    carer_id = fields.Integer(required=True, attribute="carer.id")
    carer = fields.String(required=True, attribute="carer.name")
    provider_id = fields.Integer(required=True, attribute="provider.id")
    provider = fields.String(required=True, attribute="provider.name")


class CertificatesEndingOut(Schema):
    """A page of certificates that end, the first to end first."""

    items = fields.List(fields.Nested(CertificateEndingOut), required=True)
    next = fields.String(required=True, allow_none=True)
