"""Who settles, who approves, who reads."""

from app.auth import Role

# Who makes, sends and confirms statements, answers disputes and notes payments.
MAKERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
# Who approves, sends back, reopens, and writes the file for the bank.
APPROVERS = (Role.DISTRICT_APPROVER,)
READERS = (*MAKERS, Role.AUDITOR, Role.ADMINISTRATOR)
