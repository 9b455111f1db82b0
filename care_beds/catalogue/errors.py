"""What the catalogue refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict


class NoCatalogue(Conflict):
    """No document says which services there are."""

    code = "no_care_catalogue"
    title = _l("There is no list of services here")
    detail = _l(
        "Which services are given at home is not published for this place. The district publishes it under Policies."
    )
