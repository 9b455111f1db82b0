"""What an application is judged by: the facts as known on a day, the programmes that hold, what they say together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import ancestors
from app.people.queries import Profile, profile_on
from app.people.rules import age_on
from subsidies.allowance.models import Approval
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import Decision, Facts, Reason, Why, decide, nearest, reason_from_json
from subsidies.allowance.terms import By, Mark, Programme
from subsidies.allowance.wording import explain, explain_facts, list_places
from subsidies.expiry.queries import POLICY

Explanation = Mapping[str, Sequence[str]]
NOTHING: Explanation = {"zh": (), "en": ()}
# Each step asks what the programmes would say if it were approved.
SUPPOSED: Explanation = {"zh": ("假定这件申请批准：",), "en": ("Supposing that this application is approved:",)}


@dataclass(slots=True)
class PolicyRow:
    """A published document as rules read it."""

    id: Any
    area_code: Any
    body: Any
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the programmes say of a person who is taken to have been approved for one of them."""

    on: date
    facts: Facts
    programme: str
    decision: Decision
    programmes: Mapping[str, Programme]

    @property
    def amount_fen(self) -> int:
        """Return what the programme would pay a month; nothing where it would pay nothing."""
        found = self.decision.find(self.programme)
        return found.amount_fen if found else 0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the steps that concern the programme."""
        return self.decision.about(self.programme)

    def excluded(self, *, mark: Mark) -> Reason | None:
        """Return the step by which another programme rules this one out, if its source is so certain."""
        return next(
            (
                each
                for each in self.reasons
                if each.code is Why.EXCLUDED
                and each.params["programme"] == self.programme
                and each.params["mark"] == str(mark)
            ),
            None,
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as a step keeps it for ever."""
        facts = self.facts
        return {
            "on": self.on.isoformat(),
            "facts": {
                "birth_on": facts.birth_on.isoformat(),
                "hukou_area": facts.hukou_area,
                "residence_area": facts.residence_area,
                "living": facts.living,
                "income": facts.income,
                "ability": facts.ability,
                "status": facts.status,
                "applied": sorted(facts.applied),
            },
            "documents": sorted({each.params["document"] for each in self.reasons if "document" in each.params}),
            "reasons": [each.as_json() for each in self.reasons],
            "amount_fen": self.amount_fen,
        }


def weigh(session: Session, *, senior_id: int, programme: str, on: date) -> Basis:
    """Ask all programmes that concern a person what one of them would come to, were the application approved.

    :raises NotFound: if there is no such senior
    """
    profile = profile_on(session, senior_id=senior_id, day=on)
    facts = facts_of(profile, applied=list_approved(session, senior_id=senior_id, on=on))
    facts = replace(facts, applied=facts.applied | {programme})
    rows = _documents_of(session, profile, on)
    concerning = nearest(facts, [programme_of(row) for row in rows])
    return Basis(
        on=on,
        facts=facts,
        programme=programme,
        decision=decide(facts, concerning, on),
        programmes={each.code: each for each in concerning},
    )


def facts_of(profile: Profile, *, applied: Iterable[str]) -> Facts:
    """Return what is known of a person as programmes read it."""
    return Facts(
        senior_id=profile.senior_id,
        birth_on=profile.birth_on,
        hukou_area=profile.hukou_area,
        residence_area=profile.residence_area,
        living=str(profile.living_situation) if profile.living_situation else None,
        income=str(profile.income_class),
        ability=profile.ability_level,
        status=str(profile.status),
        applied=frozenset(applied),
    )


def list_open_programmes(session: Session, *, senior_id: int, on: date) -> dict[str, Mapping[str, str]]:
    """Return the programmes a person may apply for, by code, with their titles."""
    profile = profile_on(session, senior_id=senior_id, day=on)
    rows = {row.id: row for row in _documents_of(session, profile, on)}
    facts = facts_of(profile, applied=())
    found = nearest(facts, [programme_of(row) for row in rows.values()])
    return {each.code: rows[each.document_id].title for each in found if each.by is By.APPLICATION}


def list_titles(session: Session, codes: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Return the newest title of each programme by its code."""
    code = POLICY.c.body["code"].as_string()
    query = (
        select(code, POLICY.c.title)
        .where(POLICY.c.kind == "allowance_programme", POLICY.c.state == "published", code.in_(sorted(set(codes))))
        .order_by(POLICY.c.valid_from)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def explain_basis(session: Session, stored: Mapping[str, Any], *, approved: bool) -> Explanation:
    """Tell in both languages what was known and compared when a step was taken.

    :param approved: whether the step approved it; else what follows is told as what would be
    """
    if "facts" not in stored:
        return NOTHING
    known = stored["facts"]
    facts = Facts(
        senior_id=0,
        birth_on=date.fromisoformat(known["birth_on"]),
        hukou_area=known["hukou_area"],
        residence_area=known["residence_area"],
        living=known["living"],
        income=known["income"],
        ability=known["ability"],
        status=known["status"],
    )
    names = areas.name_places(session, [facts.hukou_area, facts.residence_area])
    age = age_on(facts.birth_on, date.fromisoformat(stored["on"]))
    told = explain_facts(facts, age, names=names)
    why = explain_reasons(session, [reason_from_json(each) for each in stored["reasons"]])
    supposed: Explanation = NOTHING if approved else SUPPOSED
    return {language: [*told[language], *supposed[language], *why[language]] for language in ("zh", "en")}


def explain_reasons(session: Session, reasons: Sequence[Reason]) -> Explanation:
    """Tell steps in both languages, with the titles of the programmes they compare and the names of places."""
    codes = {each.params[name] for each in reasons for name in ("programme", "other") if name in each.params}
    places = areas.name_places(session, list_places(reasons))
    return explain(reasons, names={**places, **list_titles(session, codes)})


def list_approved(session: Session, *, senior_id: int, on: date) -> list[str]:
    """Return the programmes, and benefits that others pay, that a person was approved for on a day."""
    in_force = or_(Approval.until_on.is_(None), Approval.until_on > on)
    query = select(Approval.programme).where(Approval.senior_id == senior_id, Approval.from_on <= on, in_force)
    return list(session.scalars(query))


def _documents_of(session: Session, profile: Profile, on: date) -> list[PolicyRow]:
    line = {code for place in (profile.hukou_area, profile.residence_area) for code in (place, *ancestors(place))}
    query = select(POLICY.c.id, POLICY.c.area_code, POLICY.c.body, POLICY.c.title).where(
        POLICY.c.kind == "allowance_programme",
        POLICY.c.state == "published",
        POLICY.c.area_code.in_(sorted(line)),
        POLICY.c.valid_from <= on,
        or_(POLICY.c.valid_until.is_(None), POLICY.c.valid_until > on),
    )
    return [PolicyRow(*row) for row in session.execute(query)]
