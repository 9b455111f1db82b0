"""Pricing a sale again: the facts that were kept with it, through the same rule, by the documents of its day."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.queries import name_places
from app.money import yuan
from app.people.rules import INCOME_WORDS, LIVING_WORDS
from app.policies import queries as policies
from app.web.wording import join_steps
from meals.deciding import BARRING_STATUSES, terms_of
from meals.models import Canteen, Checkout
from meals.page_words import PAYER_NAMES, WINDOW_NAMES, is_english, pick
from meals.queries import Sale
from meals.rules import (
    Diner,
    Item,
    ItemKind,
    MealDiscount,
    Quote,
    Reason,
    Taken,
    Used,
    Why,
    price_meal,
    reason_from_json,
)
from meals.wording import INCOMES_EN, LIVINGS_EN, explain
from subsidies.queries import Booked, Line, Recomputed

PAPERS = {Why.LICENCE_LAPSED, Why.AGREEMENT_LAPSED}
# Where and when the meal before was eaten is told at the till and not kept: it decides nothing.
ONLY_TOLD = {"at", "canteen", "till", "here"}


def reprice_booked(session: Session, booked: Booked) -> Recomputed | None:
    """Price again the sale behind a movement of the ledger."""
    sold = session.get(Checkout, (booked.home, booked.id))
    return reprice(session, sold) if sold else None


def reprice_sale(session: Session, sale: Sale) -> Recomputed:
    """Price again a sale that was read for somebody who may see it."""
    return reprice(session, session.get_one(Checkout, (sale.senior_id, sale.id)))


def reprice(session: Session, sold: Checkout) -> Recomputed:
    """Price a sale again from its own facts, and set both prices side by side."""
    if "taken" not in sold.facts:
        return Recomputed(missing=_("The facts of this sale were not kept, so it cannot be priced again."))
    policy = _in_force(session, sold)
    quote = price_again(sold, policy)
    return Recomputed(
        facts=_facts(session, sold.facts),
        lines=_lines(sold, quote, policy),
        steps=pick(explain(list(quote.reasons))),
        documents=[policy.document_id] if policy else [],
    )


def price_again(sold: Checkout, policy: MealDiscount | None) -> Quote:
    """Put a sale's facts through the price rule."""
    facts, used = sold.facts, sold.facts["taken"]
    return price_meal(
        price_fen=sold.price_fen,
        diner=Diner(
            age=facts["age"],
            hukou_area=facts["hukou_area"],
            residence_area=facts["residence_area"],
            income=facts["income"],
            ability=facts["ability"],
            living=facts["living"],
        ),
        policy=policy,
        window=facts["window"],
        taken=Taken(window=Used(**used["window"]), day=Used(**used["day"]), month=Used(**used["month"])),
        points_available_fen=facts["points_available_fen"],
        items=[Item(ItemKind(line["kind"]), line["price_fen"], line["count"]) for line in sold.items],
        barred=_barred(sold),
    )


def _in_force(session: Session, sold: Checkout) -> MealDiscount | None:
    """Find the document that was in force in the canteen's place on the day, whatever the sale says."""
    area_code = session.scalars(select(Canteen.area_code).where(Canteen.id == sold.canteen_id)).one()
    document = policies.find_policy(session, kind="meal_discount", area_code=area_code, on=sold.meal_on)
    found = terms_of(session, document.id) if document else None
    return found if isinstance(found, MealDiscount) else None


def _barred(sold: Checkout) -> Reason | None:
    """Return what barred a subsidy: the papers of the canteen as they were told then, the guest's status as kept."""
    told = [reason_from_json(each) for each in sold.reasons]
    papers = next((reason for reason in told if reason.code in PAPERS), None)
    status = BARRING_STATUSES.get(sold.facts["status"])
    return papers or (Reason(status) if status else None)


def _lines(sold: Checkout, quote: Quote, policy: MealDiscount | None) -> list[Line]:
    before = [reason_from_json(each) for each in sold.reasons]
    named = policy is not None and policy.document_id in sold.policy_ids
    document = str(policy.document_id) if policy else "–"
    shares = {str(share.payer): share.amount_fen for share in quote.shares}
    kept = {share["kind"]: share["amount_fen"] for share in sold.shares}
    payers = [kind for kind in PAYER_NAMES if kind in kept or kind in shares]
    return [
        Line(_("Document"), document if named or policy is None else _document_kept(sold), document),
        *(Line(PAYER_NAMES[kind], yuan(kept.get(kind, 0)), yuan(shares.get(kind, 0))) for kind in payers),
        Line(_("Points"), yuan(sold.points_fen), yuan(quote.points_fen)),
        Line(_("Cash"), yuan(sold.cash_fen), yuan(quote.cash_fen)),
        Line(_("Steps"), _steps(before), _steps(quote.reasons)),
    ]


def _document_kept(sold: Checkout) -> str:
    return ", ".join(map(str, sold.policy_ids)) or "–"


def _steps(reasons: Sequence[Reason]) -> str:
    """Write the steps of a decision in words, without what was only told."""
    plain = [
        Reason(reason.code, {name: value for name, value in reason.params.items() if name not in ONLY_TOLD})
        for reason in reasons
    ]
    return join_steps(pick(explain(plain)))


def _facts(session: Session, facts: Mapping[str, Any]) -> list[tuple[Any, str]]:
    language = "en" if is_english() else "zh"
    hukou, home = facts["hukou_area"], facts["residence_area"]
    places = {code: names[language] for code, names in name_places(session, filter(None, (hukou, home))).items()}
    incomes = INCOMES_EN if is_english() else {str(code): word for word, code in INCOME_WORDS.items()}
    livings = LIVINGS_EN if is_english() else {str(code): word for word, code in LIVING_WORDS.items()}
    day, month = facts["taken"]["day"], facts["taken"]["month"]
    return [
        (_("Age on the day"), str(facts["age"])),
        (_("Hukou area"), places.get(hukou, hukou) or "–"),
        (_("Lives in"), places.get(home, home) or "–"),
        (_("Income class"), incomes.get(facts["income"], facts["income"])),
        (_("Ability level"), "–" if facts["ability"] is None else str(facts["ability"])),
        (_("Living situation"), livings.get(facts["living"], "–") if facts["living"] else "–"),
        (_("Meal"), str(WINDOW_NAMES[facts["window"]]) if facts["window"] else "–"),
        (_("Points that could be spent"), yuan(facts["points_available_fen"])),
        (_("Subsidised meals before, that day"), str(day["subsidised"])),
        (_("Subsidised meals before, that month"), str(month["subsidised"])),
        (_("Public money before, that month"), yuan(month["public_fen"])),
    ]
