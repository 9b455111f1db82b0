"""What shops hand to the application."""

from flask_babel import lazy_gettext as _l

from app.features import Feature

FEATURE = Feature(name="shops", heading=_l("Shops"))
