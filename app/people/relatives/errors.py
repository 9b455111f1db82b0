"""What is refused about relatives."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden


class ConsentMissing(Forbidden):
    """The senior has not agreed that this relative sees this topic."""

    code = "consent_missing"
    title = _l("No consent for this")
    detail = _l(
        "The person you care for has not agreed that you see this. They can agree at their street office, "
        "in person or by telephone."
    )
