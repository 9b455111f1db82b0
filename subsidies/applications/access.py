"""Who may do what with applications."""

from app.auth import Role

READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR)
# Who takes applications and appeals in and checks them.
CLERKS = (Role.STREET_CLERK,)
DECIDERS = (Role.DISTRICT_APPROVER,)
# Documents show more of a person than an auditor needs.
DOCUMENT_READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
