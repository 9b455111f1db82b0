"""Which roles do what with providers and carers."""

from app.auth import Role

# Who takes a provider into the register and answers for its papers: a manager does not prolong their own licence.
KEEPERS = (Role.STREET_CLERK, Role.ADMINISTRATOR)
# Who hires carers and records what they can show.
MANAGERS = (Role.PROVIDER_MANAGER, *KEEPERS)
# Who goes and looks.
REVIEWERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.SUPERVISOR)
READERS = (*MANAGERS, Role.DISTRICT_APPROVER, Role.SUPERVISOR, Role.AUDITOR)
