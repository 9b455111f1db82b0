"""Deciding visits, months and buildings again: from the facts that were kept, by the documents then in force."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.money import yuan
from care_beds.money import deciding, months
from care_beds.money.construction import ACCEPTED_ON
from care_beds.money.models import BedConstruction, BedMonth, BedMonthPart, VisitPayment
from care_beds.money.policy import find_payment_terms, find_subsidy_terms
from care_beds.money.rules import Device, MonthFacts, charge_visit, judge_month, split_month, sum_construction
from care_beds.money.terms import Funder, Payer, Share, share_out, share_parts, shares_from_json
from care_beds.money.words import FUNDER_NAMES, PAYER_NAMES, tell
from subsidies.queries import Booked, Line, Recomputed

NOTHING = "–"


def recompute_visit(session: Session, booked: Booked) -> Recomputed | None:
    """Decide again what a visit cost and who paid it."""
    paid = session.scalar(select(VisitPayment).where(VisitPayment.txn_id == booked.id))
    if paid is None:
        return None
    facts = deciding.facts_of(paid.facts)
    terms = find_payment_terms(session, area_code=paid.area_code, on=paid.visit_on)
    if terms is None:
        return Recomputed(missing=_("No document says any more who pays visits in this place on that day."))
    again = charge_visit(facts, terms)
    shares = share_out(terms.funders, again.price_fen) if again.payer is Payer.BED_SUBSIDY else ()
    return Recomputed(
        facts=[
            (_("Planned"), _("%(n)s minutes", n=facts.planned_minutes)),
            (_("Checked in"), facts.started_at.isoformat(timespec="seconds")),
            (_("Checked out"), facts.finished_at.isoformat(timespec="seconds")),
            (_("Points good for it"), yuan(facts.means.points_fen)),
            (_("Left of the bed subsidy"), yuan(max(0, facts.means.subsidy_fen))),
        ],
        lines=[
            Line(_("Document"), str(paid.policy_ids[0]), str(terms.document_id)),
            Line(_("Minutes"), str(paid.minutes), str(again.minutes)),
            Line(_("Price"), yuan(paid.price_fen), yuan(again.price_fen)),
            Line(_("Paid by"), str(PAYER_NAMES[Payer(paid.payer)]), str(PAYER_NAMES[again.payer])),
            *_share_lines(paid.shares, shares),
        ],
        steps=tell(again.reasons),
        documents=[terms.document_id],
    )


def recompute_month(session: Session, booked: Booked) -> Recomputed | None:
    """Judge a bed's month again."""
    part = session.scalar(select(BedMonthPart).where(BedMonthPart.txn_id == booked.id))
    month = (BedMonth.bed_id == part.bed_id, BedMonth.month == part.month) if part else (BedMonth.txn_id == booked.id,)
    kept = session.scalar(select(BedMonth).where(*month))
    if kept is None:
        return None
    facts = months.facts_of(kept.facts)
    terms = find_subsidy_terms(session, area_code=kept.area_code, on=months.month_end(kept.month))
    if terms is None:
        return Recomputed(missing=_("No document says any more what a month was worth in this place."))
    again = judge_month(facts, terms)
    return Recomputed(
        facts=[
            (_("Days in service"), str(facts.service_days)),
            (_("Days suspended"), str(facts.suspended_days)),
            (_("Ability level"), NOTHING if facts.level is None else str(facts.level)),
            (_("Visits"), str(facts.visits)),
            (_("Minutes"), str(facts.minutes)),
        ],
        lines=[
            Line(_("Document"), str(kept.policy_id), str(terms.document_id)),
            Line(_("Visits, at least"), str(kept.minimum_visits), str(again.minimum_visits)),
            Line(_("Minutes, at least"), str(kept.minimum_minutes), str(again.minimum_minutes)),
            Line(_("Subsidy"), yuan(kept.subsidy_fen), yuan(again.subsidy_fen)),
            *_part_lines(part, facts, again.subsidy_fen),
            *_share_lines(kept.shares, share_parts(terms.funders, _amounts(facts, again.subsidy_fen))),
        ],
        steps=tell(again.reasons),
        documents=[terms.document_id],
    )


def _amounts(facts: MonthFacts, subsidy_fen: int) -> list[int]:
    return split_month(subsidy_fen, facts.parts) if facts.parts else [subsidy_fen]


def _part_lines(part: BedMonthPart | None, facts: MonthFacts, subsidy_fen: int) -> list[Line]:
    """Compare what one of several providers was paid."""
    if part is None:
        return []
    amounts = zip(facts.parts, _amounts(facts, subsidy_fen), strict=True)
    again_fen = next(fen for each, fen in amounts if each["provider_id"] == part.provider_id)
    return [Line(_("Part of this provider"), yuan(part.amount_fen), yuan(again_fen))]


def recompute_construction(session: Session, booked: Booked) -> Recomputed | None:
    """Count again what building a bed was worth."""
    kept = session.scalar(select(BedConstruction).where(BedConstruction.txn_id == booked.id))
    if kept is None:
        return None
    terms = find_subsidy_terms(session, area_code=kept.area_code, on=_accepted_on(session, kept))
    if terms is None:
        return Recomputed(missing=_("No document says any more what building a bed was worth in this place."))
    devices = [Device(**each) for each in kept.devices]
    again = sum_construction(devices, adaptations_fen=kept.adaptations_fen, terms=terms.construction)
    return Recomputed(
        facts=[
            (_("Devices"), str(len(devices))),
            (_("Adaptations of the home"), yuan(kept.adaptations_fen)),
        ],
        lines=[
            Line(_("Document"), str(kept.policy_id), str(terms.document_id)),
            Line(_("Subsidy"), yuan(kept.amount_fen), yuan(again.amount_fen)),
            *_share_lines(kept.shares, share_out(terms.funders, again.amount_fen)),
        ],
        steps=tell(again.reasons),
        documents=[terms.document_id],
    )


def _accepted_on(session: Session, kept: BedConstruction) -> Any:
    return session.scalar(ACCEPTED_ON, {"bed": kept.bed_id})


def _share_lines(kept: Sequence[Mapping[str, Any]], again: Sequence[Share]) -> list[Line]:
    before = {share.funder: share.amount_fen for share in shares_from_json(kept)}
    after = {share.funder: share.amount_fen for share in again}
    named = [funder for funder in Funder if funder in before or funder in after]
    return [Line(FUNDER_NAMES[funder], yuan(before.get(funder, 0)), yuan(after.get(funder, 0))) for funder in named]
