"""The key that signs the stickers at beds: made once under the home directory or given by the operator."""

from flask import current_app

from app.signing import SigningKey, is_signed_by
from care_beds.rounds.sticker_codes import Body, key_id_of, read_text, signed_part, write_text


def sticker_key() -> SigningKey:
    """Return the application's key."""
    return SigningKey(current_app.config["STICKER_KEY"])


def sign_sticker(*, bed_id: int, serial: str) -> str:
    """Write the text of a bed's sticker, signed; the same sticker always reads the same."""
    key = sticker_key()
    raw = Body(key_id=key_id_of(key.public_key), bed_id=bed_id, serial=serial).to_bytes()
    return write_text(raw, key.sign_bytes(signed_part(raw)))


def open_sticker(text: str) -> Body | None:
    """Read a sticker that we signed; nothing where it is none of ours."""
    parts = read_text(text)
    if parts is None:
        return None
    raw, signature = parts
    body = Body.from_bytes(raw)
    public_key = sticker_key().public_key
    is_ours = body.key_id == key_id_of(public_key) and is_signed_by(public_key, signed_part(raw), signature)
    return body if is_ours else None
