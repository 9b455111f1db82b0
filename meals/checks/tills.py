"""Checks on the rhythm of tills: impossible ways (R3), too many meals (R4), bursts (R5), repeated amounts (R6)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from meals.checks.sales import ask_sales, canteen_source, named, sale_sources, senior_source
from subsidies.findings.checks import Found, Limits, Window

# Canteens have no coordinates: how far two lie apart is taken from the streets and districts they lie in.
TRAVEL = """
    , way AS (
        SELECT s.*, lag(s.id) OVER w AS before_id, lag(s.occurred_at) OVER w AS before_at,
               lag(s.canteen_id) OVER w AS before_canteen, lag(s.area_code) OVER w AS before_area,
               lag(s.name) OVER w AS before_name, lag(s.name_en) OVER w AS before_name_en,
               lag(s.public_fen + s.points_fen) OVER w AS before_fen
          FROM sale AS s WINDOW w AS (PARTITION BY s.home ORDER BY s.occurred_at, s.id)
    ), timed AS (
        SELECT w.*, extract(epoch FROM w.occurred_at - w.before_at)::int / 60 AS minutes,
               CASE WHEN left(w.area_code, 9) = left(w.before_area, 9) THEN CAST(:minutes_in_street AS int)
                    WHEN left(w.area_code, 6) = left(w.before_area, 6) THEN CAST(:minutes_in_district AS int)
                    ELSE CAST(:minutes_in_city AS int) END AS needed
          FROM way AS w WHERE w.before_canteen <> w.canteen_id
    )
    SELECT * FROM timed WHERE minutes < needed ORDER BY home, id
"""
MANY = """
    , meal AS (
        SELECT home, meal_on, window_name, count(*) AS n FROM sale GROUP BY home, meal_on, window_name
    ), many AS (
        SELECT home, meal_on, sum(n)::bigint AS meals,
               coalesce(max(n) FILTER (WHERE window_name IS NOT NULL), 0) AS most
          FROM meal GROUP BY home, meal_on
        HAVING sum(n) > :meals_in_day OR max(n) FILTER (WHERE window_name IS NOT NULL) > :meals_in_window
    ), day AS (
        SELECT m.home, m.meal_on, m.meals, m.most, array_agg(s.id ORDER BY s.id) AS ids,
               sum(s.public_fen + s.points_fen)::bigint AS spent_fen,
               (array_agg(s.canteen_id ORDER BY s.id DESC))[1] AS canteen_id, count(DISTINCT s.canteen_id) AS places
          FROM many AS m JOIN sale AS s USING (home, meal_on) GROUP BY m.home, m.meal_on, m.meals, m.most
    )
    SELECT d.*, n.area_code, n.name, n.name_en FROM day AS d JOIN canteen AS n ON n.id = d.canteen_id
     ORDER BY d.home, d.meal_on
"""
BURSTS = """
    , counted AS (
        SELECT s.canteen_id, coalesce(s.till_id, 0) AS till_id, s.meal_on, s.occurred_at,
               count(*) OVER (PARTITION BY s.canteen_id, coalesce(s.till_id, 0) ORDER BY s.occurred_at
                              RANGE BETWEEN make_interval(secs => :seconds) PRECEDING AND CURRENT ROW) AS size
          FROM sale AS s
    ), peak AS (
        SELECT * FROM counted WHERE size >= :sales
    )
    SELECT s.canteen_id, coalesce(s.till_id, 0) AS till_id, s.meal_on, s.area_code, s.name, s.name_en,
           (SELECT t.number FROM till AS t WHERE t.id = s.till_id) AS till, count(*) AS meals,
           sum(s.public_fen + s.points_fen)::bigint AS spent_fen, min(s.occurred_at) AS began_at,
           max(s.occurred_at) AS ended_at, array_agg(s.id ORDER BY s.id) AS ids,
           array_agg(s.home ORDER BY s.id) AS homes,
           (SELECT max(p.size) FROM peak AS p WHERE p.canteen_id = s.canteen_id AND p.meal_on = s.meal_on
               AND p.till_id = coalesce(s.till_id, 0)) AS most
      FROM sale AS s
     WHERE EXISTS (SELECT FROM peak AS p WHERE p.canteen_id = s.canteen_id AND p.till_id = coalesce(s.till_id, 0)
                      AND s.occurred_at BETWEEN p.occurred_at - make_interval(secs => :seconds) AND p.occurred_at)
     GROUP BY s.canteen_id, s.till_id, s.meal_on, s.area_code, s.name, s.name_en
     ORDER BY s.canteen_id, s.till_id, s.meal_on
"""
# Only amounts that were typed: a set meal has the same price all day, and should.
AMOUNTS = """
    , typed AS (
        SELECT * FROM sale WHERE is_typed
    ), by_amount AS (
        SELECT canteen_id, coalesce(till_id, 0) AS till_id, meal_on, price_fen, area_code, name, name_en,
               count(*) AS times,
               sum(public_fen + points_fen)::bigint AS spent_fen, array_agg(id ORDER BY id) AS ids,
               array_agg(home ORDER BY id) AS homes,
               sum(count(*)) OVER (PARTITION BY canteen_id, coalesce(till_id, 0), meal_on) AS of
          FROM typed GROUP BY canteen_id, coalesce(till_id, 0), meal_on, price_fen, area_code, name, name_en
    )
    SELECT b.*, (SELECT t.number FROM till AS t WHERE t.id = b.till_id) AS till FROM by_amount AS b
     WHERE b.times >= :times AND b.times * 100 >= :percent * b.of
     ORDER BY b.canteen_id, b.till_id, b.meal_on, b.price_fen
"""


def find_travels(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find people who bought in two canteens sooner than anyone gets from one to the other."""
    ways = {name: limits[name] for name in ("minutes_in_street", "minutes_in_district", "minutes_in_city")}
    for row in ask_sales(session, window, TRAVEL, **ways):
        yield Found(
            key=f"{row.home}|{row.id}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.public_fen + row.points_fen + row.before_fen,
            severity=limits["severity"],
            facts={
                "minutes": row.minutes,
                "needed": row.needed,
                "from_canteen": row.before_name,
                "from_canteen_en": row.before_name_en,
                **named(row),
            },
            sources=[senior_source(row.home), *sale_sources(row.home, [row.before_id, row.id])],
        )


def find_many(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find people who bought more meals in a day, or at one meal, than one person eats."""
    most = {name: limits[name] for name in ("meals_in_day", "meals_in_window")}
    for row in ask_sales(session, window, MANY, **most):
        yield Found(
            key=f"{row.home}|{row.meal_on}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={"meals": row.meals, "most": row.most, "places": row.places, **named(row)},
            sources=[senior_source(row.home), *sale_sources(row.home, row.ids)],
        )


def find_bursts(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find sales at one till that follow each other faster than people can walk past it."""
    for row in ask_sales(session, window, BURSTS, sales=limits["sales"], seconds=limits["seconds"]):
        sources = [each for home, one in zip(row.homes, row.ids, strict=True) for each in sale_sources(home, [one])]
        yield Found(
            key=f"{row.canteen_id}|{row.till_id}|{row.meal_on}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "till": row.till,
                "meals": row.meals,
                "most": row.most,
                "seconds": limits["seconds"],
                "began_at": row.began_at.isoformat(),
                "ended_at": row.ended_at.isoformat(),
                **named(row),
            },
            sources=[canteen_source(row.canteen_id), *sources],
        )


def find_amounts(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find one typed amount that comes over and over at a till on one day."""
    for row in ask_sales(
        session, window, AMOUNTS, more="k.items = '[]' AS is_typed", times=limits["times"], percent=limits["percent"]
    ):
        sources = [each for home, one in zip(row.homes, row.ids, strict=True) for each in sale_sources(home, [one])]
        yield Found(
            key=f"{row.canteen_id}|{row.till_id}|{row.meal_on}|{row.price_fen}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "till": row.till,
                "times": row.times,
                "of": int(row.of),
                "price_fen": row.price_fen,
                **named(row),
            },
            sources=[canteen_source(row.canteen_id), *sources],
        )
