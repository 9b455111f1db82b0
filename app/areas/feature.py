"""What the tree of places hands to the application."""

from app.areas.commands import areas
from app.features import Feature

FEATURE = Feature(name="areas", commands=(areas,))
