"""Looking for what should not be: the same basket every day, one's own relatives, cards that take turns, the dead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from app.tokens import digest
from subsidies.findings.checks import Found, Limits, Source, Window

# What came back altogether was no sale.
BASKETS = """
    WITH basket AS (
        SELECT s.home, s.id, s.shop_id, s.account_id, s.sold_on, s.points_fen - s.returned_points_fen AS spent_fen,
               s.occurred_at, p.area_code, p.name, p.name_en
          FROM shop AS p JOIN shop_sale AS s ON s.shop_id = p.id
         WHERE p.area_code LIKE :within AND p.area_code NOT LIKE ALL (CAST(:without AS text[]))
           AND s.booked_at >= :from_at AND s.booked_at < :until_at AND s.returned_points_fen < s.points_fen
    )
"""


def _of_baskets(statement: str) -> TextClause:
    """Make a statement that reads from ``basket``."""
    return text(BASKETS + statement)


SAME = _of_baskets(
    """
    , told AS (
        SELECT b.*, (SELECT string_agg(l.code || 'x' || l.count, ' ' ORDER BY l.code) FROM shop_sale_line AS l
                      WHERE l.home = b.home AND l.sale_id = b.id) AS what
          FROM basket AS b
    )
    SELECT home, shop_id, area_code, name, name_en, date_trunc('month', sold_on)::date AS month, what,
           count(DISTINCT sold_on) AS days, min(sold_on) AS first_on, sum(spent_fen)::bigint AS spent_fen,
           array_agg(id ORDER BY occurred_at) AS ids
      FROM told GROUP BY home, shop_id, area_code, name, name_en, month, what
    HAVING count(DISTINCT sold_on) >= :days ORDER BY home, month, shop_id, what
    """
)
KIN = _of_baskets(
    """
    SELECT b.home, b.shop_id, b.area_code, b.name, b.name_en, b.account_id, min(r.relation) AS relation,
           date_trunc('month', b.sold_on)::date AS month, count(*) AS baskets, min(b.sold_on) AS first_on,
           sum(b.spent_fen)::bigint AS spent_fen, array_agg(b.id ORDER BY b.occurred_at) AS ids
      FROM basket AS b
      JOIN LATERAL (SELECT min(l.relation) AS relation FROM relative_link AS l
                     WHERE l.account_id = b.account_id AND l.senior_id = b.home
                       AND l.state IN ('active', 'ended') HAVING count(*) > 0) AS r ON true
     GROUP BY b.home, b.shop_id, b.area_code, b.name, b.name_en, b.account_id, month
    HAVING count(*) >= :baskets ORDER BY b.home, month, b.shop_id, b.account_id
    """
)
TURNS = _of_baskets(
    """
    SELECT b.shop_id, b.area_code, b.name, b.name_en, b.account_id, date_trunc('month', b.sold_on)::date AS month,
           count(*) AS times, min(b.sold_on) AS first_on, sum(b.spent_fen)::bigint AS spent_fen,
           array_agg(b.id ORDER BY b.occurred_at) AS ids
      FROM basket AS b
     WHERE EXISTS (SELECT FROM shop_refusal AS f
                    WHERE f.shop_id = b.shop_id AND f.account_id = b.account_id AND f.reason = 'limit_reached'
                      AND f.senior_id <> b.home AND f.at <= b.occurred_at
                      AND f.at > b.occurred_at - CAST(:minutes AS int) * interval '1 minute')
     GROUP BY b.shop_id, b.area_code, b.name, b.name_en, b.account_id, month
    HAVING count(*) >= :times ORDER BY month, b.shop_id, b.account_id
    """
)
GONE = text(
    """
    SELECT s.home, t.status, t.from_on, s.shop_id, p.area_code, p.name, p.name_en,
           date_trunc('month', s.sold_on)::date AS month, min(s.sold_on) AS first_on, count(*) AS baskets,
           sum(s.points_fen - s.returned_points_fen)::bigint AS spent_fen, array_agg(s.id ORDER BY s.id) AS ids
      FROM senior_status AS t
      JOIN shop_sale AS s ON s.home = t.senior_id AND s.sold_on > t.from_on AND s.returned_points_fen < s.points_fen
       AND (t.until_on IS NULL OR s.sold_on < t.until_on)
      JOIN shop AS p ON p.id = s.shop_id
     WHERE t.status IN ('deceased', 'in_institution') AND s.sold_on < :until
       AND (s.sold_on >= :since OR t.recorded_at >= :from_at)
       AND (CAST(:home AS bigint) IS NULL OR s.home = :home)
       AND p.area_code LIKE :within AND p.area_code NOT LIKE ALL (CAST(:without AS text[]))
     GROUP BY s.home, t.status, t.from_on, s.shop_id, p.area_code, p.name, p.name_en, month
     ORDER BY s.home, month, s.shop_id
    """
)


def find_same(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find the same basket for the same person on many days: goods that are perhaps never handed over."""
    for row in session.execute(SAME, {**window.as_parameters(), "days": limits["days"]}):
        # Large baskets may begin alike, and a key is short.
        key = f"{row.home}|{row.month}|{row.shop_id}|{digest(row.what).hex()}"
        yield _found(row, limits, key=key, facts={"days": row.days}, home=row.home)


def find_kin(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find baskets that somebody sold to their own relative."""
    for row in session.execute(KIN, {**window.as_parameters(), "baskets": limits["baskets"]}):
        key = f"{row.home}|{row.month}|{row.shop_id}|{row.account_id}"
        yield _found(row, limits, key=key, facts={"baskets": row.baskets, "relation": row.relation}, home=row.home)


def find_turns(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find cards that take turns: one was refused for its limit, and minutes later another one bought."""
    asked = {**window.as_parameters(), "minutes": limits["minutes"], "times": limits["times"]}
    for row in session.execute(TURNS, asked):
        key = f"{row.month}|{row.shop_id}|{row.account_id}"
        facts = {"times": row.times, "minutes": limits["minutes"]}
        yield _found(row, limits, key=key, facts=facts, home=None)


def find_gone(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find baskets of people who had died, or lived in an institution."""
    return gone_found(list_gone(session, window.as_parameters()), limits)


def list_gone(session: Session, asked: Mapping[str, Any], *, home: int | None = None) -> Sequence[Row[Any]]:
    """Return what was sold to people who were gone, by shop and month."""
    return session.execute(GONE, {**asked, "home": home}).all()


def everywhere(since: date, until: date, from_at: Any) -> dict[str, Any]:
    """Return the parameters of a search in all places."""
    return {"since": since, "until": until, "from_at": from_at, "within": "%", "without": []}


def gone_found(rows: Iterable[Row[Any]], limits: Limits) -> Iterable[Found]:
    """Make findings of baskets of people who were gone."""
    for row in rows:
        facts = {"status": row.status, "from_on": row.from_on.isoformat(), "baskets": row.baskets}
        key = f"{row.home}|{row.month}|{row.shop_id}|{row.status}|{row.from_on}"
        yield _found(row, limits, key=key, facts=facts, home=row.home)


def _found(row: Any, limits: Limits, *, key: str, facts: Mapping[str, Any], home: int | None) -> Found:
    people = [] if home is None else [Source("senior", str(home), home)]
    return Found(
        key=key,
        happened_on=row.first_on,
        area_code=row.area_code,
        senior_id=home,
        amount_fen=row.spent_fen,
        severity=limits["severity"],
        facts={**facts, "spent_fen": row.spent_fen, "shop": row.name, "shop_en": row.name_en or row.name},
        sources=[*people, *(Source("shop_sale", str(each), home) for each in dict.fromkeys(row.ids))],
    )
