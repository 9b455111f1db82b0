"""A bed as the family sees it: where it stands, who comes, what is to be signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.people.relatives.reach import Reached, Topic
from app.people.relatives.rules import Relation
from care_beds.beds.agreeing import find_draft
from care_beds.beds.applying import Choice, list_choices
from care_beds.beds.models import BedSignature
from care_beds.beds.queries import list_beds_of
from care_beds.beds.rules import ENDED, PREPARING, Party, State
from care_beds.beds.showing import BedPage, page_of

# Who may sign for a senior besides the senior: whoever is nearest.
SIGNERS = frozenset({Relation.SELF, Relation.SPOUSE, Relation.CHILD})
WORDS_FOR = {Relation.SELF: "self", Relation.SPOUSE: "spouse", Relation.CHILD: "child"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyBed:
    """A senior's bed, the latest one, and what the family may do: sign, or apply where there is none."""

    page: BedPage | None
    choices: Sequence[Choice]
    may_sign: bool

    @property
    def is_open(self) -> bool:
        """Say whether there is a bed that has not ended."""
        return self.page is not None and State(self.page.bed.state) not in ENDED


def find_family_bed(session: Session, *, reached: Reached, actor: Actor, today: date) -> FamilyBed:
    """Return the bed of a senior whom the caller reaches; the consent was checked by the caller."""
    beds = list_beds_of(session, senior_id=reached.senior_id, limit=1)
    page = page_of(session, beds[0], actor=actor, today=today) if beds else None
    is_open = page is not None and State(page.bed.state) not in (*ENDED, State.CLOSING)
    choices = () if is_open else list_choices(session, senior_id=reached.senior_id, on=today)
    waits = page is not None and page.draft is not None and Party.SENIOR not in page.draft.signed
    return FamilyBed(page=page, choices=choices, may_sign=waits and may_sign_for(reached))


def may_sign_for(reached: Reached) -> bool:
    """Say whether somebody may sign for a senior: the senior, a guardian, husband or wife, a child."""
    return reached.is_self or reached.is_guardian or reached.relation in SIGNERS


def relation_of(reached: Reached) -> str:
    """Return what somebody is to the senior, in the words of applications and signatures."""
    return "guardian" if reached.is_guardian else WORDS_FOR.get(reached.relation, "family")


def bed_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of a bed on its way, or of something to sign."""
    if Topic.VISITS not in reached.topics:
        return ""
    beds = list_beds_of(session, senior_id=reached.senior_id, limit=1)
    if not beds or State(beds[0].state) in ENDED:
        return ""
    draft = find_draft(session, beds[0].id)
    signed = select(BedSignature.id).where(
        BedSignature.agreement_id == (draft.id if draft else 0), BedSignature.party == Party.SENIOR
    )
    to_sign = draft is not None and may_sign_for(reached) and session.scalar(signed) is None
    if not to_sign and State(beds[0].state) not in PREPARING:
        return ""
    href = f"/family/{reached.senior_id}/bed"
    return render_template("beds/family_panel.html", bed=beds[0], to_sign=to_sign, href=href, today=business_day(now))
