"""Staff and other accounts, roles, log-in, tokens, and who may call what."""

from app.auth.actor import CANTEEN_ROLES, PERSONAL_ROLES, PROVIDER_ROLES, SHOP_ROLES, Actor, HeldRole, Role
from app.auth.guard import allow, current_actor, find_actor, public

__all__ = [
    "CANTEEN_ROLES",
    "PERSONAL_ROLES",
    "PROVIDER_ROLES",
    "SHOP_ROLES",
    "Actor",
    "HeldRole",
    "Role",
    "allow",
    "current_actor",
    "find_actor",
    "public",
]
