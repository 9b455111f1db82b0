"""Checks on meals brought home and fetched for others.

Nobody took it (R17), one person fetches often or for many (R21), one person sends out and hands over (R22).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import vault
from app.money import yuan
from app.people.queries import names_of
from app.vault import mask_name
from app.web.language import ENGLISH, current_language
from meals.checks.sales import canteen_source, named, sale_sources, senior_source
from meals.page_words import WINDOW_NAMES
from subsidies.findings.checks import Check, Facts, Found, Limits, Parameter, Window

PLACES = "n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))"
NOT_HANDED = text(
    f"""
    SELECT d.id, d.senior_id, d.meal_on, d.window_name, d.out_at, d.checkout_id, d.canteen_id, a.name AS deliverer,
           n.area_code, n.name, n.name_en, k.public_fen + k.points_fen AS spent_fen
      FROM canteen AS n
      JOIN delivery AS d ON d.canteen_id = n.id
      JOIN checkout AS k ON k.home = d.senior_id AND k.id = d.checkout_id
      LEFT JOIN account AS a ON a.id = d.deliverer_id
     WHERE {PLACES} AND d.meal_on >= :since AND d.meal_on < :until AND d.state = 'out'
     ORDER BY d.id
    """  # noqa: S608 - no text of a user
)
# For each day on which somebody fetched, the days before it; of each month the last day that was too much counts.
FETCHED = text(
    f"""
    WITH fetched AS (
        SELECT f.canteen_id, f.home, f.checkout_id, f.fetched_on, f.fetcher_senior_id, f.name_sealed, f.relation,
               coalesce(f.fetcher_senior_id::text, encode(f.name_index, 'hex')) AS who,
               n.area_code, n.name, n.name_en, k.public_fen + k.points_fen AS spent_fen
          FROM canteen AS n
          JOIN checkout_fetch AS f ON f.canteen_id = n.id
          JOIN checkout AS k ON k.home = f.home AND k.id = f.checkout_id AND k.reversed_at IS NULL
         WHERE {PLACES} AND f.fetched_on > CAST(:since AS date) - CAST(:days AS int) AND f.fetched_on < :until
    ), many AS (
        SELECT a.canteen_id, a.who, a.fetched_on, count(*) AS times, count(DISTINCT b.home) AS people
          FROM (SELECT DISTINCT canteen_id, who, fetched_on FROM fetched WHERE fetched_on >= :since) AS a
          JOIN fetched AS b ON b.canteen_id = a.canteen_id AND b.who = a.who
               AND b.fetched_on BETWEEN a.fetched_on - CAST(:days AS int) + 1 AND a.fetched_on
         GROUP BY a.canteen_id, a.who, a.fetched_on
        HAVING count(*) >= :times OR count(DISTINCT b.home) >= :people
    ), latest AS (
        SELECT DISTINCT ON (canteen_id, who, date_trunc('month', fetched_on))
               canteen_id, who, fetched_on, times, people, date_trunc('month', fetched_on)::date AS month
          FROM many ORDER BY canteen_id, who, date_trunc('month', fetched_on), fetched_on DESC
    )
    SELECT l.canteen_id, l.who, l.month, l.fetched_on, l.times, l.people, f.area_code, f.name, f.name_en,
           min(f.fetcher_senior_id) AS fetcher_senior_id, (array_agg(f.name_sealed))[1] AS name_sealed,
           sum(f.spent_fen)::bigint AS spent_fen, array_agg(f.home ORDER BY f.checkout_id) AS homes,
           array_agg(f.checkout_id ORDER BY f.checkout_id) AS ids
      FROM latest AS l
      JOIN fetched AS f ON f.canteen_id = l.canteen_id AND f.who = l.who
           AND f.fetched_on BETWEEN l.fetched_on - CAST(:days AS int) + 1 AND l.fetched_on
     GROUP BY l.canteen_id, l.who, l.month, l.fetched_on, l.times, l.people, f.area_code, f.name, f.name_en
     ORDER BY l.canteen_id, l.who, l.month
    """  # noqa: S608 - no text of a user
)
ONE_HAND = text(
    f"""
    SELECT d.canteen_id, d.handed_by, a.name AS account, date_trunc('month', d.meal_on)::date AS month,
           max(d.meal_on) AS last_on, count(*) AS times, sum(d.fee_fen)::bigint AS fee_fen,
           n.area_code, n.name, n.name_en,
           array_agg(d.senior_id ORDER BY d.id) AS homes, array_agg(d.checkout_id ORDER BY d.id) AS ids
      FROM canteen AS n
      JOIN delivery AS d ON d.canteen_id = n.id
      JOIN account AS a ON a.id = d.handed_by
     WHERE {PLACES} AND d.meal_on >= :since AND d.meal_on < :until AND d.state = 'handed' AND d.handed_by = d.out_by
     GROUP BY d.canteen_id, d.handed_by, a.name, month, n.area_code, n.name, n.name_en
    HAVING count(*) >= :times
     ORDER BY d.canteen_id, d.handed_by, month
    """  # noqa: S608 - no text of a user
)


def find_not_handed(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find meals that left the kitchen on days that are over, and of which nobody wrote down who took them."""
    for row in session.execute(NOT_HANDED, window.as_parameters()):
        yield Found(
            key=str(row.id),
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.senior_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "window": row.window_name,
                "meal_on": row.meal_on.isoformat(),
                "deliverer": row.deliverer or "",
                "spent_fen": row.spent_fen,
                **named(row),
            },
            sources=[
                senior_source(row.senior_id),
                *sale_sources(row.senior_id, [row.checkout_id]),
                canteen_source(row.canteen_id),
            ],
        )


def find_fetching_habits(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find people who fetch meals for others again and again, or for many."""
    asked = {name: limits[name] for name in ("days", "times", "people")}
    rows = session.execute(FETCHED, {**window.as_parameters(), **asked}).all()
    names = names_of(session, senior_ids=[row.fetcher_senior_id for row in rows if row.fetcher_senior_id])
    for row in rows:
        name = names.get(row.fetcher_senior_id) or vault.unseal(bytes(row.name_sealed or b""))
        own = [senior_source(row.fetcher_senior_id)] if row.fetcher_senior_id else []
        pairs = zip(row.homes, row.ids, strict=True)
        yield Found(
            key=f"{row.canteen_id}|{row.who}|{row.month}",
            happened_on=row.fetched_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.fetcher_senior_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "fetcher": mask_name(name),
                "times": row.times,
                "people": row.people,
                "days": limits["days"],
                "spent_fen": row.spent_fen,
                **named(row),
            },
            sources=[
                *own,
                *(source for home, id_ in pairs for source in sale_sources(home, [id_])),
                canteen_source(row.canteen_id),
            ],
        )


def find_one_hand(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find accounts that sent meals out and handed them over themselves, with nobody else in between."""
    for row in session.execute(ONE_HAND, {**window.as_parameters(), "times": limits["times"]}):
        pairs = zip(row.homes, row.ids, strict=True)
        yield Found(
            key=f"{row.canteen_id}|{row.handed_by}|{row.month}",
            happened_on=row.last_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.fee_fen,
            severity=limits["severity"],
            facts={"account": row.account, "times": row.times, "fee_fen": row.fee_fen, **named(row)},
            sources=[
                *(source for home, id_ in pairs for source in sale_sources(home, [id_])),
                canteen_source(row.canteen_id),
            ],
        )


def tell_not_handed(facts: Facts) -> Sequence[str]:
    """Tell of a meal that nobody is known to have taken."""
    lines = [
        _(
            "%(meal)s left %(canteen)s to be brought home, and nobody wrote down who took it, where and when.",
            meal=WINDOW_NAMES[facts["window"]],
            canteen=_canteen(facts),
        ),
        _("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"])),
    ]
    if facts["deliverer"]:
        lines.append(_("It was to be brought by %(name)s.", name=facts["deliverer"]))
    return lines


def tell_habit(facts: Facts) -> Sequence[str]:
    """Tell of somebody who fetches meals for others."""
    times = ngettext("%(num)s meal", "%(num)s meals", facts["times"])
    people = ngettext("%(num)s guest", "%(num)s guests", facts["people"])
    return [
        _(
            "%(name)s fetched %(times)s for %(people)s in %(canteen)s within %(days)s days.",
            name=facts["fetcher"],
            times=times,
            people=people,
            canteen=_canteen(facts),
            days=facts["days"],
        ),
        _("Public money and points in it: %(yuan)s yuan.", yuan=yuan(facts["spent_fen"])),
        _("Ask the guests whether the meals reach them; some may need a delivery instead."),
    ]


def tell_one_hand(facts: Facts) -> Sequence[str]:
    """Tell of somebody who did both ends of a way."""
    return [
        _(
            "%(name)s sent out %(count)s meals in %(canteen)s and wrote down the hand-over of the same meals.",
            name=facts["account"],
            count=facts["times"],
            canteen=_canteen(facts),
        ),
        _("Paid for these ways: %(yuan)s yuan.", yuan=yuan(facts["fee_fen"])),
    ]


def _canteen(facts: Facts) -> Any:
    return facts["canteen_en"] if current_language() == ENGLISH and facts["canteen_en"] else facts["canteen"]


CHECKS = (
    Check(
        code="R17",
        title=_l("Nobody is known to have taken a meal brought home"),
        about=_l("Meals that left the kitchen on a day that is over, without a hand-over with time and place."),
        severity="high",
        parameters=(),
        find=find_not_handed,
        explain=tell_not_handed,
    ),
    Check(
        code="R21",
        title=_l("Fetching for others becomes a habit"),
        about=_l("One person who carries away meals of others again and again, or meals of many people."),
        parameters=(
            Parameter(name="days", label=_l("Within so many days"), unit="days", least=1, most=92, example=30),
            Parameter(name="times", label=_l("Meals fetched, at least"), unit="count", least=2, most=1000, example=15),
            Parameter(
                name="people", label=_l("Different guests, at least"), unit="count", least=2, most=1000, example=3
            ),
        ),
        find=find_fetching_habits,
        explain=tell_habit,
    ),
    Check(
        code="R22",
        title=_l("Sent out and handed over by one person"),
        about=_l("Meals brought home that one account sold and handed over: nobody else has seen them."),
        severity="low",
        parameters=(
            Parameter(
                name="times", label=_l("Meals in a month, at least"), unit="count", least=1, most=1000, example=10
            ),
        ),
        find=find_one_hand,
        explain=tell_one_hand,
    ),
)
