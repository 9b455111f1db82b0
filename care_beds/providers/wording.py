"""The words for providers, carers, their papers and their kin."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from care_beds.providers.rules import Certificate, PaperFault, ProviderState, Relation, Standing, Unfit

CERTIFICATES: Mapping[str, Any] = {
    Certificate.CARE_WORKER: _l("Care worker's certificate"),
    Certificate.HEALTH: _l("Health certificate"),
    Certificate.NURSE: _l("Nurse's licence"),
    Certificate.THERAPIST: _l("Therapist's certificate"),
    Certificate.FIRST_AID: _l("First aid certificate"),
}
RELATIONS: Mapping[str, Any] = {
    Relation.SPOUSE: _l("Husband or wife"),
    Relation.PARENT: _l("Father or mother"),
    Relation.PARENT_IN_LAW: _l("Father- or mother-in-law"),
    Relation.GRANDPARENT: _l("Grandparent"),
    Relation.SIBLING: _l("Brother or sister"),
    Relation.OTHER_RELATIVE: _l("Another relative"),
    Relation.NONE: _l("No relative, lives with the carer"),
}
STATES: Mapping[str, Any] = {
    ProviderState.ACTIVE: _l("In service"),
    ProviderState.SUSPENDED: _l("Suspended"),
    ProviderState.ENDED: _l("Ended"),
}
PAPER_FAULTS: Mapping[str, Any] = {
    PaperFault.LICENCE_EXPIRED: _l("The licence has expired."),
    PaperFault.AGREEMENT_NOT_BEGUN: _l("The agreement has not begun."),
    PaperFault.AGREEMENT_EXPIRED: _l("The agreement has expired."),
    PaperFault.SUSPENDED: _l("The provider is suspended."),
    PaperFault.ENDED: _l("The agreement was ended."),
}
UNFIT: Mapping[str, Any] = {
    Unfit.NOT_EMPLOYED: _l("does not work for the provider on this day"),
    Unfit.SUSPENDED: _l("is suspended"),
    Unfit.CERTIFICATE_MISSING: _l("a certificate that is required is missing"),
    Unfit.CERTIFICATE_EXPIRED: _l("a certificate that is required has expired"),
}
PAPERS: Mapping[str, Any] = {"licence": _l("the licence"), "agreement": _l("the agreement")}
# How a paper stands: colour, icon and word of its chip.
STANDINGS: Mapping[str, tuple[str, str, Any]] = {
    Standing.VALID: ("ok", "ok", _l("Valid")),
    Standing.ENDING: ("warn", "clock", _l("Ends soon")),
    Standing.LAPSED: ("danger", "stop", _l("Lapsed")),
}
STATE_CHIPS: Mapping[str, tuple[str, str]] = {
    ProviderState.ACTIVE: ("ok", "ok"),
    ProviderState.SUSPENDED: ("warn", "stop"),
    ProviderState.ENDED: ("", "stop"),
}
