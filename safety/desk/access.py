"""Who comes to the desk: operators work there; those who answer for the service look on and read its figures."""

from app.auth import Role

WORKERS = (Role.OPERATOR,)
READERS = (Role.OPERATOR, Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR)
