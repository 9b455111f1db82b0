"""What relatives and seniors are told about their links."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.messages.services import tell
from app.people.models import Senior
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation, State

LINKED, REFUSED, ENDED = "people.linked", "people.link_refused", "people.link_ended"


def tell_of_link(session: Session, link: RelativeLink, kind: str, *, now: datetime) -> None:
    """Tell the relative, and the senior's own account, what became of a link."""
    if link.account_id is None:
        return
    senior = session.get(Senior, link.senior_id) if link.senior_id else None
    # Of a request that was refused the relative learns no name but the one that was typed: the clerk's reason.
    params = {
        "relative": link.name,
        "senior": senior.name if senior and kind != REFUSED else "",
        "why": link.end_reason,
    }
    accounts: Collection[int] = [link.account_id]
    if kind != REFUSED and link.senior_id is not None:
        accounts = [link.account_id, *_own_accounts(session, link.senior_id)]
    tell(session, account_ids=accounts, kind=kind, key=f"{kind}:{link.id}", params=params, now=now)


def _own_accounts(session: Session, senior_id: int) -> list[int]:
    query = select(RelativeLink.account_id).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.relation == Relation.SELF,
        RelativeLink.state == State.ACTIVE,
    )
    return [account_id for account_id in session.scalars(query) if account_id is not None]


def _linked_text(params: Params) -> str:
    return str(
        _("%(relative)s may now see what %(senior)s agreed to.", relative=params["relative"], senior=params["senior"])
    )


def _refused_text(params: Params) -> str:
    return str(_("Your request to be linked was refused: %(why)s", why=params["why"]))


def _ended_text(params: Params) -> str:
    return str(
        _("The link of %(relative)s to %(senior)s has ended.", relative=params["relative"], senior=params["senior"])
    )


def links_address(_params: Params) -> str:
    """Lead to the links of whoever reads it."""
    return "/family/links"


KINDS = (
    Kind(name=LINKED, title=_l("A relative is linked"), text=_linked_text, address=links_address),
    Kind(name=REFUSED, title=_l("A request was refused"), text=_refused_text, address=links_address),
    Kind(name=ENDED, title=_l("A link has ended"), text=_ended_text, address=links_address),
)
