"""From when until when a visit is planned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import Range


@dataclass(frozen=True, slots=True)
class Slot:
    """The planned time of a visit."""

    begins: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """Return how long it is."""
        return int((self.ends - self.begins).total_seconds() // 60)


def slot_of(planned: Range[datetime]) -> Slot:
    """Return the ends of a planned time; the database keeps none without."""
    assert planned.lower is not None
    assert planned.upper is not None
    return Slot(planned.lower, planned.upper)
