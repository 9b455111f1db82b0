"""What the API of seals takes and gives."""

from marshmallow import Schema, fields, validate

from subsidies.schemas import CURSOR, LARGEST_PAGE

HEX = {"description": "Lower-case hex"}


class SealsIn(Schema):
    """Which part of the seals."""

    after = fields.Integer(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=LARGEST_PAGE))


class SealBase(Schema):
    """What a seal is made of, but for its moment."""

    height = fields.Integer(required=True)
    previous = fields.String(required=True, metadata={"description": "SHA-256 of the signed text of the seal before"})
    root = fields.String(required=True, metadata=HEX)
    blocks = fields.Integer(required=True)
    leaves = fields.Integer(required=True)
    key_id = fields.String(required=True)
    public_key = fields.String(required=True, metadata=HEX)
    signature = fields.String(required=True, metadata={"description": "Ed25519, lower-case hex"})


class SealOut(SealBase):
    """One signed root over all that changed since the seal before."""

    sealed_at = fields.AwareDateTime(required=True, format="iso")


class SealsOut(Schema):
    """Seals, newest first, and the cursor of the next page."""

    items = fields.List(fields.Nested(SealOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class LeafOut(Schema):
    """A book as it was sealed."""

    home = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    head = fields.String(required=True, metadata=HEX)
    balance_fen = fields.Integer(required=True)


class BlockOut(Schema):
    """One bucket of a round."""

    bucket = fields.Integer(required=True)
    height = fields.Integer(required=True)
    previous = fields.String(required=True, metadata=HEX)
    root = fields.String(required=True, metadata=HEX)
    leaves = fields.Integer(required=True)


class PublishedOut(SealBase):
    """A seal as it is published; the moment is part of the signed text, so it stays as written."""

    format = fields.String(required=True)
    sealed_at = fields.String(required=True)


class ProofOut(Schema):
    """What leads from a transaction to a signature; ``verify_export.py --proof`` checks it."""

    format = fields.String(required=True)
    head_before = fields.String(required=True, metadata={"description": "Hash of the transaction before, or empty"})
    transactions = fields.List(fields.String(), required=True, metadata={"description": "What the hashes cover"})
    leaf = fields.Nested(LeafOut, required=True)
    path = fields.List(fields.List(fields.String()), required=True)
    block = fields.Nested(BlockOut, required=True)
    block_path = fields.List(fields.List(fields.String()), required=True)
    seal = fields.Nested(PublishedOut, required=True)
