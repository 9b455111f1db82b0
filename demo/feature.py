"""What the demonstration hands over."""

from flask_babel import lazy_gettext as _l

from app.features import Feature
from demo.commands import demo
from demo.first_start import ensure_demo
from demo.greeting import greet
from demo.safety_living import list_processes

FEATURE = Feature(
    name="demo",
    commands=(demo,),
    audit_words={"demo.loaded": _l("Demonstration loaded")},
    processes=list_processes,
    first_start=ensure_demo,
    greeting=greet,
)
