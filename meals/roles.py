"""Which roles do what with canteens and sales."""

from app.auth import Role

# Who sells at a till.
SELLERS = (Role.CASHIER, Role.CANTEEN_MANAGER)
# Who opens canteens and answers for their papers; a manager does not prolong their own licence.
KEEPERS = (Role.STREET_CLERK, Role.ADMINISTRATOR)
# Who decides what is cooked, what it costs, and when the door stays shut.
COOKS = (Role.CANTEEN_MANAGER, *KEEPERS)
# Who reads lists of sales; a cashier has the till's own.
READERS = (*COOKS, Role.DISTRICT_APPROVER, Role.AUDITOR)
STAFF = (Role.CASHIER, *READERS)
