"""What the audit log hands to the application; its page lies in app.web, which may ask who is calling."""

from app.features import Feature

FEATURE = Feature(name="audit")
