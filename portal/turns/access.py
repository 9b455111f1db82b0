"""Who records turns of life, who signs, who reads."""

from app.auth import Role

RECORDERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
CHECKERS = (Role.DISTRICT_APPROVER,)
READERS = (*RECORDERS, Role.AUDITOR, Role.ADMINISTRATOR)
