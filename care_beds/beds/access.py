"""Who may look at beds, and how far each reaches."""

from app.auth.actor import Role

# By their area.
AREA_READERS = (
    Role.STREET_CLERK,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.DISTRICT_APPROVER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
# By their provider: what lies with it.
PROVIDERS = (Role.PROVIDER_MANAGER,)
READERS = (*AREA_READERS, *PROVIDERS)
# See names and addresses in full where they need them for their work; the others see them masked.
KNOWS_NAMES = frozenset({Role.STREET_CLERK, Role.ASSESSOR, Role.SUPERVISOR, Role.DISTRICT_APPROVER, *PROVIDERS})
CLERKS = (Role.STREET_CLERK,)
# Who takes which steps; the rules say once more which, bed by bed.
ASSESSORS = (Role.STREET_CLERK, Role.ASSESSOR)
SURVEYORS = (*ASSESSORS, Role.SUPERVISOR)
ACCEPTORS = (Role.STREET_CLERK, Role.SUPERVISOR, Role.DISTRICT_APPROVER)
BUILDERS = PROVIDERS
BOTH = (Role.STREET_CLERK, *PROVIDERS)
# Go to the home, or call there.
REVEALERS = (*SURVEYORS, *PROVIDERS)
