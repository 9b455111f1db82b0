"""The key that signs payment codes: made once under the home directory or given by the operator."""

from flask import current_app

from app.people.payment_codes.rules import Body, Fault, key_id_of, read_text, signed_part, write_text
from app.signing import SigningKey, is_signed_by


def code_key() -> SigningKey:
    """Return the application's key."""
    return SigningKey(current_app.config["CODE_KEY"])


def public_keys() -> dict[bytes, bytes]:
    """Return the public keys whose codes are accepted, by their short names: ours, the last one and the next one."""
    accepted = (code_key().public_key, *current_app.config["CODE_PUBLIC_KEYS"])
    return {key_id_of(public_key): public_key for public_key in accepted}


def sign_code(body: Body) -> str:
    """Sign what a code says, and write it as it is scanned."""
    raw = body.to_bytes()
    return write_text(raw, code_key().sign_bytes(signed_part(raw)))


def check_code(text: str) -> Body | Fault:
    """Read a code as it was scanned; what it says is true, or it has a fault."""
    parts = read_text(text)
    if parts is None:
        return Fault.UNREADABLE
    raw, signature = parts
    body = Body.from_bytes(raw)
    public_key = public_keys().get(body.key_id)
    if public_key is None:
        return Fault.FOREIGN
    return body if is_signed_by(public_key, signed_part(raw), signature) else Fault.FORGED
