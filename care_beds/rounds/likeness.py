"""Whether a picture was sent before: by this carer, or from this bed."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import ask
from app.pictures.models import Picture
from care_beds.visits.models import CareVisit

# A carer has some thousand pictures in it. What lies further back, or with others, the checks of the night find.
LOOKED_BACK = timedelta(days=60)
# The same bytes, or a picture that looks the same; a flat colour (0) looks like any other flat colour.
FIND = """
SELECT m.visit_id
  FROM care_visit AS v
  JOIN visit_mark AS m ON m.visit_id = v.id
  JOIN picture AS p ON p.id = m.picture_id
 WHERE (v.carer_id = %(carer_id)s OR v.bed_id = %(bed_id)s) AND v.started_at > %(since)s AND p.id <> %(picture_id)s
   AND (p.sha256 = %(sha256)s
        OR (p.phash <> 0 AND %(phash)s <> 0 AND bit_count((p.phash # %(phash)s)::bit(64)) <= %(bits)s))
 ORDER BY m.visit_id LIMIT 1
"""


def find_same(session: Session, picture: Picture, *, visit: CareVisit, bits: int, now: datetime) -> int | None:
    """Return the visit of which the same picture was sent before, or nothing.

    :param bits: how many of 64 bits of the fingerprint may differ
    """
    asked: dict[str, object] = {
        "carer_id": visit.carer_id,
        "bed_id": visit.bed_id,
        "since": now - LOOKED_BACK,
        "picture_id": UUID(str(picture.id)),
        "sha256": picture.sha256,
        "phash": picture.phash,
        "bits": bits,
    }
    row = ask(session, FIND, asked)
    return int(row[0]) if row else None
