"""What the demonstration hands over."""

from app.features import Feature
from demo.commands import demo
from demo.first_start import ensure_demo
from demo.greeting import greet

FEATURE = Feature(name="demo", commands=(demo,), first_start=ensure_demo, greeting=greet)
