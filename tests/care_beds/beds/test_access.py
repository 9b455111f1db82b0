"""Who reads the names of people with a bed whole."""

import pytest

from app.auth.actor import Actor, HeldRole, Role, holding
from care_beds.beds.access import show_name

HERE, THERE = "330106009", "330106002"
WHO = Actor(account_id=1, name="周敏")
SUPERVISOR, AUDITOR = HeldRole(Role.SUPERVISOR, HERE), HeldRole(Role.AUDITOR, "330106")


@pytest.mark.parametrize(
    ("held", "area_code", "provider_id", "shown"),
    [
        ([SUPERVISOR], HERE, None, "王桂英"),
        ([SUPERVISOR, AUDITOR], THERE, 7, "王*英"),  # the supervisor's role ends at the street
        ([HeldRole(Role.PROVIDER_MANAGER, HERE, provider_id=7)], THERE, 7, "王桂英"),
        ([HeldRole(Role.CARER, HERE, provider_id=7)], THERE, 7, "王桂英"),
        ([HeldRole(Role.CARER, HERE, provider_id=7)], HERE, 8, "王*英"),
        ([HeldRole(Role.CARER, HERE, provider_id=7), AUDITOR], HERE, None, "王*英"),
    ],
)
def test_a_name_is_whole_for_who_works_in_the_place_or_for_the_provider(
    held: list[HeldRole], area_code: str, provider_id: int | None, shown: str
) -> None:
    assert show_name(holding(WHO, held), "王桂英", area_code=area_code, provider_id=provider_id) == shown


def test_the_product_itself_reads_names_whole() -> None:
    assert show_name(None, "王桂英", area_code=HERE, provider_id=None) == "王桂英"
