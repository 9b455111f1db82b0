"""Who is calling: the roles of the product, and the person or device behind a request."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Role(StrEnum):
    """What a person does here. Each is held for one area, or for one canteen, one care provider or one shop."""

    CASHIER = "cashier"
    CANTEEN_MANAGER = "canteen_manager"
    DELIVERER = "deliverer"
    STREET_CLERK = "street_clerk"
    DISTRICT_APPROVER = "district_approver"
    ASSESSOR = "assessor"
    SUPERVISOR = "supervisor"
    PROVIDER_MANAGER = "provider_manager"
    CARER = "carer"
    OPERATOR = "operator"
    INSTALLER = "installer"
    GRID_WORKER = "grid_worker"
    SHOPKEEPER = "shopkeeper"
    SHOP_MANAGER = "shop_manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    FAMILY = "family"
    ELDER = "elder"


CANTEEN_ROLES = frozenset({Role.CASHIER, Role.CANTEEN_MANAGER, Role.DELIVERER})
# Of one provider of care: whoever manages one or visits for it reaches its people, not the area around it.
PROVIDER_ROLES = frozenset({Role.PROVIDER_MANAGER, Role.CARER})
# Of one shop that takes points for goods or small services.
SHOP_ROLES = frozenset({Role.SHOPKEEPER, Role.SHOP_MANAGER})
# Of people, not of posts: they reach a person by a link, never an area; theirs is the street that answers for them.
PERSONAL_ROLES = frozenset({Role.FAMILY, Role.ELDER})
STAFF_ROLES = tuple(role for role in Role if role not in PERSONAL_ROLES)

ROLE_NAMES: dict[str, Any] = {
    Role.CASHIER: _l("Cashier"),
    Role.CANTEEN_MANAGER: _l("Canteen manager"),
    Role.DELIVERER: _l("Deliverer"),
    Role.STREET_CLERK: _l("Street clerk"),
    Role.DISTRICT_APPROVER: _l("District approver"),
    Role.ASSESSOR: _l("Assessor"),
    Role.SUPERVISOR: _l("Care supervisor"),
    Role.PROVIDER_MANAGER: _l("Provider manager"),
    Role.CARER: _l("Carer"),
    Role.OPERATOR: _l("Alert desk operator"),
    Role.INSTALLER: _l("Installer"),
    Role.GRID_WORKER: _l("Grid worker"),
    Role.SHOPKEEPER: _l("Shopkeeper"),
    Role.SHOP_MANAGER: _l("Shop manager"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.FAMILY: _l("Relative"),
    Role.ELDER: _l("Senior citizen"),
}


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One role of an account: for an area and all below it, or for one canteen, one provider of care or one shop."""

    role: Role
    area_code: str
    canteen_id: int | None = None
    provider_id: int | None = None
    shop_id: int | None = None

    @property
    def is_wide(self) -> bool:
        """Say whether the role reaches all of its area."""
        is_placed = any(place is not None for place in (self.canteen_id, self.provider_id, self.shop_id))
        return not is_placed and self.role not in PERSONAL_ROLES


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The person or device behind a request, and how far its roles reach.

    Inside a view the roles are narrowed to those that opened it: someone who is a clerk in one street
    and an auditor in another sees the first street on a clerk's page.
    """

    account_id: int
    name: str
    roles: frozenset[Role] = frozenset()
    area_codes: tuple[str, ...] = ()
    canteen_ids: tuple[int, ...] = ()
    provider_ids: tuple[int, ...] = ()
    shop_ids: tuple[int, ...] = ()
    device: str = ""
    token_id: int = 0
    held: tuple[HeldRole, ...] = ()
    kind: str = "session"
    language: str | None = None
    text_size: str | None = None
    must_change_password: bool = False

    def narrowed(self, roles: frozenset[Role]) -> "Actor":
        """Keep only what these roles let the actor see."""
        return holding(self, (item for item in self.held if item.role in roles))

    def is_at(self, role: Role, canteen_id: int) -> bool:
        """Say whether a role is held in this canteen: who manages one and helps in another manages only the first.

        Whoever was put together without posts has all roles wherever they work.
        """
        if not self.held:
            return role in self.roles and canteen_id in self.canteen_ids
        return any(item.role == role and item.canteen_id == canteen_id for item in self.held)

    def is_of(self, role: Role, provider_id: int) -> bool:
        """Say whether a role is held for this provider; as ``is_at`` says it of a canteen."""
        if not self.held:
            return role in self.roles and provider_id in self.provider_ids
        return any(item.role == role and item.provider_id == provider_id for item in self.held)

    def is_in(self, role: Role, shop_id: int) -> bool:
        """Say whether a role is held in this shop; as ``is_at`` says it of a canteen."""
        if not self.held:
            return role in self.roles and shop_id in self.shop_ids
        return any(item.role == role and item.shop_id == shop_id for item in self.held)


def holding(actor: Actor, held: Iterable[HeldRole]) -> Actor:
    """Return the actor with these roles, and the areas, canteens, providers and shops they reach.

    A canteen's role reaches its canteen, not the area around it, and so a provider's or a shop's; a personal one none.
    """
    kept = tuple(held)
    wide = {item.area_code for item in kept if item.is_wide}
    return replace(
        actor,
        held=kept,
        roles=frozenset(item.role for item in kept),
        area_codes=tuple(sorted(wide)),
        canteen_ids=tuple(sorted({item.canteen_id for item in kept if item.canteen_id is not None})),
        provider_ids=tuple(sorted({item.provider_id for item in kept if item.provider_id is not None})),
        shop_ids=tuple(sorted({item.shop_id for item in kept if item.shop_id is not None})),
    )
