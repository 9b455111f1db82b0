"""All items of the standard in their order, and how to find one."""

from collections.abc import Mapping

from care_beds.assessment import mind, movement, self_care, senses
from care_beds.assessment.standard import Group, Item

ITEMS: tuple[Item, ...] = (*self_care.ITEMS, *movement.ITEMS, *mind.ITEMS, *senses.ITEMS)
BY_CODE: Mapping[str, Item] = {item.code: item for item in ITEMS}
BY_GROUP: Mapping[Group, tuple[Item, ...]] = {
    group: tuple(item for item in ITEMS if item.group is group) for group in Group
}
MOST = sum(item.most for item in ITEMS)
