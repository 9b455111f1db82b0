"""Documents of an application: taken in after a look at their content, sealed, and each view of them logged."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import NotFound
from app.policies.queries import get_policy
from subsidies.applications.errors import ERRORS, DocumentRefused
from subsidies.applications.models import Application, Document
from subsidies.applications.policy import MEGABYTE, terms_of
from subsidies.applications.rules import Terms, object_to, sniff
from subsidies.applications.steps import lock

LAST_NUMBER = 2**15 - 1  # what a small number in the database holds
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A document's content, and the name to save it under."""

    name: str
    media_type: str
    content: bytes


def attach(session: Session, *, application_id: int, title: str, content: bytes, actor: Actor, now: datetime) -> int:
    """Keep a document with an open application; return its number there. The same file twice is kept once.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it is decided or withdrawn
    :raises DocumentRefused: if it is no PDF, JPEG or PNG by its content, is too large, or there are too many
    """
    application = lock(session, application_id=application_id, actor=actor)
    objection = object_to("attach", state=application.state, by=actor.account_id)
    if objection:
        raise ERRORS[objection]
    digest = hashlib.sha256(content).digest()
    known = session.scalar(
        select(Document.n).where(Document.application_id == application_id, Document.digest == digest)
    )
    if known:
        return known
    media_type = _judge(session, application, content, terms_of(get_policy(session, application.policy_id)))
    number = 1 + (session.scalar(select(func.max(Document.n)).where(Document.application_id == application_id)) or 0)
    document = Document(
        application_id=application_id,
        n=number,
        title=title,
        media_type=media_type,
        size_bytes=len(content),
        digest=digest,
        content_sealed=vault.seal(base64.b64encode(content).decode()),
        added_by=actor.account_id,
        added_at=now,
    )
    session.add(document)
    session.flush()
    _log(session, application, number, action="application.document_added", actor=actor, now=now)
    return number


def open_document(session: Session, *, application_id: int, n: int, actor: Actor, now: datetime) -> Opened:
    """Return a document to somebody who may read it, and write down who did.

    :raises NotFound: if there is none of this number in the actor's areas
    """
    application = session.get(Application, application_id)
    if application is None or not is_within_any(application.area_code, actor.area_codes):
        raise NotFound
    document = session.get(Document, (application_id, n)) if n <= LAST_NUMBER else None
    if document is None:
        raise NotFound
    _log(session, application, n, action="reveal.application_document", actor=actor, now=now)
    content = base64.b64decode(vault.unseal(document.content_sealed))
    return Opened(f"application-{application_id}-{n}.{ENDINGS[document.media_type]}", document.media_type, content)


def _judge(session: Session, application: Application, content: bytes, terms: Terms) -> str:
    count = session.scalar(select(func.count()).where(Document.application_id == application.id)) or 0
    if count >= terms.documents_at_most:
        raise _refuse(_l("There are %(count)s documents already, which is the most.", count=count))
    if len(content) > terms.document_bytes_at_most:
        raise _refuse(_l("This is larger than %(size)s MB.", size=terms.document_bytes_at_most // MEGABYTE))
    media_type = sniff(content)
    if media_type is None:
        raise _refuse(_l("This is no whole PDF, JPEG or PNG file. Scan or save it again as one of them."))
    return media_type


def _refuse(sentence: object) -> DocumentRefused:
    return DocumentRefused(sentence, errors={"file": [sentence]})


def _log(session: Session, application: Application, n: int, *, action: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"application:{application.id}",
        area_code=application.area_code,
        new={"senior": application.senior_id, "document": n},
        now=now,
    )
