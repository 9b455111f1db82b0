"""Gateways: added with a secret that is shown once, given a new one, taken out of use."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.errors import Invalid
from app.tokens import digest, new_secret, random_bytes
from safety.kits.errors import GatewayExists, GatewayNotFound, GatewayRevoked
from safety.kits.models import SafetyGateway
from safety.kits.noting import note_gateway
from safety.kits.queries import get_home

ACTIVE, REVOKED = "active", "revoked"
# The form in which Mosquitto keeps passwords: PBKDF2 with SHA-512. The secret has 256 bits, so few rounds do.
ROUNDS, SALT_BYTES, HASH_BYTES = 101, 12, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A gateway and its secret: the bearer token of the API and the password at the broker. Told once, never kept."""

    gateway: SafetyGateway
    token: str


def add_gateway(
    session: Session,
    *,
    code: str,
    name: str,
    area_code: str,
    actor: Actor,
    now: datetime,
    heartbeat_seconds: int = 300,
    home_id: int | None = None,
) -> Issued:
    """Add a gateway and give it a secret.

    :raises Invalid: if the place is unknown or lies outside the actor's areas
    :raises HomeNotFound: if there is no such home for the actor
    :raises GatewayExists: if the code was used before
    """
    if areas.find_area(session, area_code) is None or not is_within_any(area_code, actor.area_codes):
        raise Invalid(errors={"area": [_l("There is no such place in your area.")]})
    if home_id is not None:
        get_home(session, home_id=home_id, actor=actor)
    gateway = SafetyGateway(
        code=code,
        name=name,
        area_code=area_code,
        home_id=home_id,
        heartbeat_seconds=heartbeat_seconds,
        added_at=now,
        added_by=actor.account_id,
    )
    token = _issue(gateway, by=actor, now=now)
    try:
        with session.begin_nested():
            session.add(gateway)
    except IntegrityError as error:
        raise GatewayExists from error
    note_gateway(session, gateway, "safety_gateway.added", by=actor, now=now, new={"name": name})
    return Issued(gateway=gateway, token=token)


def roll_token(session: Session, *, gateway_id: int, actor: Actor, now: datetime) -> Issued:
    """Give a gateway a new secret; the old one ends at once.

    :raises GatewayNotFound: if there is no such gateway for the actor
    :raises GatewayRevoked: if it was taken out of use
    """
    gateway = lock_gateway(session, gateway_id=gateway_id, actor=actor)
    if gateway.state == REVOKED:
        raise GatewayRevoked
    token = _issue(gateway, by=actor, now=now)
    note_gateway(session, gateway, "safety_gateway.rolled", by=actor, now=now)
    return Issued(gateway=gateway, token=token)


def revoke_gateway(session: Session, *, gateway_id: int, actor: Actor, now: datetime) -> SafetyGateway:
    """Take a gateway out of use for good; what it sent stays.

    :raises GatewayNotFound: if there is no such gateway for the actor
    """
    gateway = lock_gateway(session, gateway_id=gateway_id, actor=actor)
    if gateway.state == ACTIVE:
        gateway.state, gateway.token_digest, gateway.token_at = REVOKED, None, None
        gateway.mqtt_user = gateway.mqtt_password = None
        note_gateway(session, gateway, "safety_gateway.revoked", by=actor, now=now)
    return gateway


def lock_gateway(session: Session, *, gateway_id: int, actor: Actor) -> SafetyGateway:
    """Return a gateway of the actor's area for a change, held until the end of the transaction.

    :raises GatewayNotFound: if there is none
    """
    query = select(SafetyGateway).where(
        SafetyGateway.id == gateway_id, areas.within(SafetyGateway.area_code, actor.area_codes)
    )
    found = session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise GatewayNotFound
    return found


def password_line(secret: str) -> str:
    """Return what a broker's password file keeps of a secret."""
    salt = random_bytes(SALT_BYTES)
    made = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ROUNDS, HASH_BYTES)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _issue(gateway: SafetyGateway, *, by: Actor, now: datetime) -> str:
    token = new_secret()
    gateway.token_digest, gateway.token_at, gateway.token_by = digest(token), now, by.account_id
    gateway.mqtt_user, gateway.mqtt_password = gateway.code, password_line(token)
    return token
