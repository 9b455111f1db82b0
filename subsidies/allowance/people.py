"""The facts of many people on a day, in the order of their numbers, a part at a time.

Seniors are another package's table, read by name: the mapper would cost more than all the deciding. A level that is
signed and waits for its first day counts for every day from then on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from subsidies.allowance.rules import Facts
from subsidies.allowance.terms import Follows

COLUMNS = """
    s.id, s.birth_on, s.hukou_area_code, s.residence_area_code, s.living_situation, s.income_class,
    coalesce((SELECT l.level FROM senior_ability AS l WHERE l.senior_id = s.id AND l.taken_up_at IS NULL
                 AND l.from_on <= :on ORDER BY l.from_on DESC, l.id DESC LIMIT 1), s.ability_level) AS ability_level,
    coalesce((SELECT t.status FROM senior_status AS t WHERE t.senior_id = s.id AND t.from_on <= :on
                 AND (t.until_on IS NULL OR :on < t.until_on)), 'active') AS status,
    coalesce((SELECT string_agg(a.programme, ' ' ORDER BY a.programme) FROM allowance_approval AS a
               WHERE a.senior_id = s.id AND a.from_on <= :on
                 AND (a.until_on IS NULL OR :on < a.until_on)), '') AS applied
"""
# Whoever the programme may concern by place, and whoever had it last month and may have moved since.
CONCERNED = """
    (s.hukou_area_code LIKE :hukou OR s.residence_area_code LIKE :residence OR b.area_code LIKE :path)
"""
BESIDE = """
      FROM senior AS s
      LEFT JOIN grant_decision AS b ON b.run_id = ANY (:before) AND b.senior_id = s.id AND b.amount_fen > 0
"""
PART = text(
    f"""
    SELECT {COLUMNS}, coalesce(b.amount_fen, 0) AS before_fen, coalesce(b.area_code, '') AS before_area,
           EXISTS (SELECT FROM grant_decision AS d WHERE d.run_id = ANY (:done) AND d.senior_id = s.id
                      AND d.amount_fen > 0) AS is_done
      {BESIDE}
     WHERE s.id > :after AND {CONCERNED}
     ORDER BY s.id LIMIT :limit
    """  # noqa: S608 - pieces of this module
)
COUNT = text(f"SELECT count(*) {BESIDE} WHERE {CONCERNED}")
ONE = text(f"SELECT {COLUMNS} FROM senior AS s WHERE s.id = :senior_id")  # noqa: S608 - pieces of this module
NOBODY = "-"


class Row(NamedTuple):
    """A person's facts as the database has them, and what the months before and now brought."""

    senior_id: int
    birth_on: date
    hukou_area: str
    residence_area: str
    living: str | None
    income: str
    ability: int | None
    status: str
    applied: str
    before_fen: int = 0
    before_area: str = ""
    is_done: bool = False

    def facts(self) -> Facts:
        """Return them as the rules take them."""
        return Facts(
            senior_id=self.senior_id,
            birth_on=self.birth_on,
            hukou_area=self.hukou_area,
            residence_area=self.residence_area,
            living=self.living,
            income=self.income,
            ability=self.ability,
            status=self.status,
            applied=frozenset(self.applied.split()),
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a run looks at: people of an area by the places its programme follows, on a day.

    ``before`` are the runs of the month before, ``done`` those of this month that are approved already.
    """

    area_code: str
    follows: frozenset[Follows]
    on: date
    before: tuple[int, ...] = ()
    done: tuple[int, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """Return what the statements ask for."""
        path = f"{path_of(self.area_code)}%"
        return {
            "on": self.on,
            "path": path,
            "hukou": path if Follows.HUKOU in self.follows else NOBODY,
            "residence": path if Follows.RESIDENCE in self.follows else NOBODY,
            "before": list(self.before),
            "done": list(self.done),
        }


def count_people(session: Session, scope: Scope) -> int:
    """Count whom a run looks at."""
    return int(session.execute(COUNT, scope.parameters()).scalar_one())


def read_part(session: Session, scope: Scope, *, after: int, limit: int) -> Sequence[Row]:
    """Read the next people of a run."""
    rows = session.execute(PART, {**scope.parameters(), "after": after, "limit": limit})
    return [Row._make(row) for row in rows.all()]


def read_one(session: Session, *, senior_id: int, on: date) -> Row | None:
    """Read one person's facts on a day, as they are known now."""
    row = session.execute(ONE, {"senior_id": senior_id, "on": on}).one_or_none()
    return Row(*row) if row else None


def mentioned_places(programmes: Collection[Any]) -> frozenset[str]:
    """Return every place that the programmes make a difference by."""
    found = {programme.path for programme in programmes}
    for programme in programmes:
        found |= {place for tier in programme.who for place in (tier.when.hukou, tier.when.residence) if place}
    return frozenset(found)
