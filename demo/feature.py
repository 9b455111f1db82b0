"""What the demonstration hands over."""

from flask_babel import lazy_gettext as _l

from app.features import Feature
from demo.commands import demo
from demo.first_start import ensure_demo
from demo.greeting import greet

FEATURE = Feature(
    name="demo",
    commands=(demo,),
    audit_words={"demo.loaded": _l("Demonstration loaded")},
    first_start=ensure_demo,
    greeting=greet,
)
