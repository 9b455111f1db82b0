"""What a turn of life does to a person's record: status or place, cards and codes, relatives."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.people.card_numbers import CardState
from app.people.cards import close_cards, reopen_card
from app.people.errors import StatusMoved
from app.people.models import Card
from app.people.payment_codes.models import PaymentCode
from app.people.queries import list_statuses
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import State
from app.people.rules import Status
from app.people.services import apply_changes, foresee_status, lock_senior, record_status, restore_statuses
from app.people.timeline import Period
from app.people.turn_rules import Cards, KindRules, rules_for
from app.people.turn_telling import list_kin, tell_kin, tell_mistaken
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from app.people.wording import STATUS_NAMES

STATUS, PLACE, CLOSED, VOID, TOLD = "status", "place", "cards_closed", "codes_void", "relatives_told"


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say what would become of status, card, codes and relatives.

    :raises Invalid: if the register does not let this follow what it says
    """
    rules = rules_for(session, turn)
    status = turn.status
    if status is not None:
        foresee_status(session, senior_id=turn.senior_id, new=_period(turn, status), today=turn.today)
    found = [_status_effect(turn, {})]
    if _closes_cards(turn, rules):
        open_cards = select(func.count()).where(Card.senior_id == turn.senior_id, Card.state.in_(("issued", "lost")))
        found += [_cards_effect(session.scalars(open_cards).one(), ()), _codes_effect(session, turn)]
    if rules.tell:
        found.append(_told_effect(list_kin(session, turn)))
    return [each for each in found if each.count]


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """Write the status, close cards, and tell relatives before a death closes what they follow.

    :raises Invalid: if the register does not let this follow what it says
    """
    rules = rules_for(session, turn)
    kin = list_kin(session, turn) if rules.tell else ()
    if rules.tell:
        tell_kin(session, turn, kin)
    found = [_set_status(session, turn)]
    if _closes_cards(turn, rules):
        closed = close_cards(session, senior_id=turn.senior_id, actor=turn.by, now=turn.now)
        found += [_cards_effect(len(closed), closed), _codes_effect(session, turn)]
    found.append(_told_effect(kin))
    return [each for each in found if each.count]


def take_back(session: Session, turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Put status or place back, let cards work again, and tell those who were told.

    :raises StatusMoved: if the register was changed since
    """
    found: list[Effect] = []
    for effect in done:
        if effect.code in (STATUS, PLACE):
            found.append(_put_back(session, turn, effect))
        elif effect.code == CLOSED:
            found += _reopen(session, turn, effect)
        elif effect.code == TOLD:
            told = tell_mistaken(session, turn, effect.detail["accounts"])
            found.append(Effect(code="relatives_told_mistake", count=told, words=_l("Relatives told of the mistake")))
    if turn.kind is TurnKind.DEATH:
        found += _ended_links(session, turn)
    return [each for each in found if each.count]


def _closes_cards(turn: Turn, rules: KindRules) -> bool:
    """Say whether the card stops: not for a move within the places known here, nor for a stay that is over."""
    return rules.cards is Cards.CLOSE and turn.status is not None and not turn.is_over


def _set_status(session: Session, turn: Turn) -> Effect:
    status = turn.status
    if status is None:
        senior = lock_senior(session, senior_id=turn.senior_id, actor=turn.by)
        old = senior.residence_area_code
        moved = [(senior, {"residence_area": turn.to_area_code})]
        apply_changes(session, changes=moved, actor=turn.by, now=turn.now)
        return _status_effect(turn, {"before": old})
    before = list_statuses(session, senior_id=turn.senior_id)
    after = record_status(
        session,
        senior_id=turn.senior_id,
        status=status,
        from_on=turn.from_on,
        until_on=turn.until_on,
        actor=turn.by,
        now=turn.now,
    )
    return _status_effect(
        turn, {"before": [_plain(each) for each in before], "after": [_plain(each) for each in after]}
    )


def _put_back(session: Session, turn: Turn, effect: Effect) -> Effect:
    if effect.code == PLACE:
        senior = lock_senior(session, senior_id=turn.senior_id, actor=turn.by)
        if senior.residence_area_code != turn.to_area_code:
            raise StatusMoved
        back = [(senior, {"residence_area": effect.detail["before"]})]
        apply_changes(session, changes=back, actor=turn.by, now=turn.now)
    else:
        before, after = ([_period_of(each) for each in effect.detail[name]] for name in ("before", "after"))
        restore_statuses(session, senior_id=turn.senior_id, before=before, after=after, actor=turn.by, now=turn.now)
    return Effect(code="status_back", count=1, words=_l("The register says again what it said before"))


def _reopen(session: Session, turn: Turn, effect: Effect) -> list[Effect]:
    numbers = [number for number, state in effect.detail["cards"] if state == CardState.ISSUED]
    back = [each for each in numbers if reopen_card(session, number=each, actor=turn.by, now=turn.now)]
    kept = len(effect.detail["cards"]) - len(back)
    return [
        Effect(code="cards_reopened", count=len(back), words=_l("Cards that work again")),
        Effect(code="kept_cards", count=kept, words=_l("Cards that stay out of use")),
    ]


def _ended_links(session: Session, turn: Turn) -> list[Effect]:
    ended = select(func.count()).where(
        RelativeLink.senior_id == turn.senior_id, RelativeLink.state == State.ENDED, RelativeLink.end_reason == "death"
    )
    words = _l("Links to relatives that ended; the person agrees to them anew")
    return [Effect(code="kept_links", count=session.scalars(ended).one(), words=words)]


def _status_effect(turn: Turn, detail: Mapping[str, Any]) -> Effect:
    if turn.status is None:
        return Effect(code=PLACE, count=1, detail=detail, words=_l("The register has the new place of residence"))
    words = _l("The register says from the day on: %(status)s", status=STATUS_NAMES[turn.status])
    return Effect(code=STATUS, count=1, detail=detail, words=words)


def _cards_effect(count: int, cards: Sequence[tuple[str, str]]) -> Effect:
    detail = {"cards": [list(each) for each in cards]}
    return Effect(code=CLOSED, count=count, detail=detail, words=_l("Cards closed: every till refuses them at once"))


def _codes_effect(session: Session, turn: Turn) -> Effect:
    good = select(func.count()).where(
        PaymentCode.senior_id == turn.senior_id, PaymentCode.used_at.is_(None), PaymentCode.expires_at > turn.now
    )
    return Effect(code=VOID, count=session.scalars(good).one(), words=_l("Meal codes that pay nothing any more"))


def _told_effect(accounts: Any) -> Effect:
    detail = {"accounts": sorted(accounts)}
    return Effect(code=TOLD, count=len(accounts), detail=detail, words=_l("Relatives told, once and outside the night"))


def _period(turn: Turn, status: Status) -> Period:
    return Period(status, turn.from_on, turn.until_on)


def _plain(period: Period) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(period).items()}


def _period_of(plain: Mapping[str, Any]) -> Period:
    until_on = plain["until_on"]
    return Period(
        Status(plain["status"]),
        date.fromisoformat(plain["from_on"]),
        date.fromisoformat(until_on) if until_on else None,
    )


TURN_EFFECTS = (TurnEffect(name="people", foresee=foresee, carry_out=carry_out, take_back=take_back),)
