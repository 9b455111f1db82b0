"""How an account wants to be told: its channels, its kinds, its quiet hours, and a mailbox that it has confirmed."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import Doer, record
from app.auth.codes import count_one_sending
from app.auth.rules import SEND_LIMIT
from app.messages import routes
from app.messages.errors import NoMail, WrongCode
from app.messages.kinds import list_kinds
from app.messages.models import EMAIL, Wish
from app.messages.routes import Route
from app.messages.services import queue_code
from app.tokens import digits

CODE_GOOD_FOR = timedelta(minutes=15)  # mail is slower than SMS
MOST_TRIES = 5
CODE_DIGITS = 6


def get_wish(session: Session, *, account_id: int, now: datetime) -> Wish:
    """Return what an account wishes, or what holds for one that never said."""
    found = session.get(Wish, account_id)
    return found or Wish(account_id=account_id, sms=True, email=False, silent=[], changed_at=now)


def keep_wishes(
    session: Session,
    *,
    actor: Doer,
    sms: bool,
    email: bool,
    kinds: Collection[str],
    quiet_from: time | None,
    quiet_until: time | None,
    now: datetime,
) -> None:
    """Write down how an account wants to be told.

    :param kinds: what it wants to be told outside of the notice centre, of those that may be left out
    """
    silent = sorted(kind.name for kind in list_kinds() if kind.optional and kind.name not in kinds)
    chosen = {"sms": sms, "email": email, "silent": silent, "quiet_from": quiet_from, "quiet_until": quiet_until}
    _keep(session, actor.account_id, chosen, now=now)
    told = {**chosen, **{name: str(chosen[name] or "") for name in ("quiet_from", "quiet_until")}}
    _note(session, actor, "wishes.changed", told, now=now)


def ask_for_mailbox(session: Session, *, actor: Doer, address: str, language: str, now: datetime) -> None:
    """Send a code to a mailbox, so that nothing goes to somebody else's; the old one ends at once.

    :raises NoMail: if there is no mail server
    :raises SentTooOften: if the account had several codes sent already
    """
    if EMAIL not in routes.open_for(session):
        raise NoMail
    count_one_sending(session, f"mailbox:{actor.account_id}", limit=SEND_LIMIT, now=now)
    code, sealed = digits(CODE_DIGITS), vault.seal(address)
    values = {"email_sealed": sealed, "email_digest": _digest(actor, code), "email_until": now + CODE_GOOD_FOR}
    _keep(session, actor.account_id, {**values, "email_confirmed_at": None, "email_tries": 0, "email": False}, now=now)
    way = Route(actor.account_id, EMAIL, sealed, language)
    queue_code(session, way=way, code=code, good_for=CODE_GOOD_FOR, now=now)
    _note(session, actor, "wishes.mailbox_asked", {}, now=now)


def confirm_mailbox(session: Session, *, actor: Doer, code: str, now: datetime) -> None:
    """Take a mailbox as the account's own, by the code that was sent to it.

    :raises WrongCode: if it is another code, or it has ended, or was tried too often
    """
    # Counted before it is compared, and kept whatever follows: two at once do not get one try more.
    counted = update(Wish).where(
        Wish.account_id == actor.account_id, Wish.email_until > now, Wish.email_tries < MOST_TRIES
    )
    digest = session.scalar(counted.values(email_tries=Wish.email_tries + 1).returning(Wish.email_digest))
    if digest is None or bytes(digest) != _digest(actor, code):
        raise WrongCode(errors={"code": [WrongCode.detail]})
    ended = {"email_digest": None, "email_until": None, "email_tries": 0}
    _keep(session, actor.account_id, {**ended, "email_confirmed_at": now, "email": True}, now=now)
    _note(session, actor, "wishes.mailbox_confirmed", {}, now=now)


def forget_mailbox(session: Session, *, actor: Doer, now: datetime) -> None:
    """Forget an account's mailbox."""
    names = ("email_sealed", "email_digest", "email_until", "email_confirmed_at")
    _keep(session, actor.account_id, {**dict.fromkeys(names), "email": False}, now=now)
    _note(session, actor, "wishes.mailbox_forgotten", {}, now=now)


def _keep(session: Session, account_id: int, values: Mapping[str, Any], *, now: datetime) -> None:
    fresh = insert(Wish).values(account_id=account_id, changed_at=now)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["account_id"]))
    # Apart from the row's making: what is not valued here keeps what was chosen before, under the same constraints.
    session.execute(update(Wish).where(Wish.account_id == account_id).values(**values, changed_at=now))
    session.expire_all()


def _digest(actor: Doer, code: str) -> bytes:
    """Return what is kept of a code: keyed, because six digits would be found from a plain digest at once."""
    return vault.index_of(f"mailbox:{actor.account_id}:{code}")


def _note(session: Session, actor: Doer, action: str, new: Mapping[str, Any], *, now: datetime) -> None:
    record(session, actor=actor, action=action, subject=f"account:{actor.account_id}", new=new or None, now=now)
