"""Which pages a reader may go to from a person's page."""

from flask import current_app

from app.auth import find_actor
from app.auth.guard import ANYONE, SIGNED_IN, open_to


def may_open(endpoint: str | None) -> bool:
    """Tell whether the caller's roles open a page; a link to any other would lead to a refusal."""
    view = current_app.view_functions.get(endpoint or "")
    roles = open_to(view) if view else None
    if not roles:
        return False
    actor = find_actor()
    return roles in (ANYONE, SIGNED_IN) or bool(actor and roles & actor.roles)
