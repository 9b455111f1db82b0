"""Who reads names whole, and of whom."""

import pytest

from app.auth.actor import Actor, HeldRole, Role, holding
from app.people.access import show_name

HERE, THERE, BESIDE = "330106009", "330106002", "330105001"
WHO = Actor(account_id=1, name="周敏")
CLERK_HERE, AUDITOR_AROUND = HeldRole(Role.STREET_CLERK, HERE), HeldRole(Role.AUDITOR, "330106")


@pytest.mark.parametrize(
    ("held", "places", "shown"),
    [
        ([CLERK_HERE], [HERE + "001", BESIDE], "王桂英"),
        ([CLERK_HERE], [BESIDE, HERE + "001"], "王桂英"),  # lives elsewhere, registered here
        ([CLERK_HERE], [THERE + "001"], "王*英"),
        ([AUDITOR_AROUND], [HERE + "001"], "王*英"),
        ([CLERK_HERE, AUDITOR_AROUND], [HERE + "001"], "王桂英"),
        ([CLERK_HERE, AUDITOR_AROUND], [THERE + "001"], "王*英"),  # the clerk's role ends at the street
        ([HeldRole(Role.CASHIER, HERE, canteen_id=1)], [HERE + "001"], "王*英"),
    ],
)
def test_a_name_is_whole_only_where_a_role_that_knows_people_reaches(
    held: list[HeldRole], places: list[str], shown: str
) -> None:
    assert show_name(holding(WHO, held), "王桂英", *places) == shown
