"""What the alert desk of the demonstration has behind it: three weeks of alerts, each with how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE, business_day
from demo.safety_homes import House
from safety.alerts import services
from safety.alerts.models import AlertStep, Incident, Shift
from safety.alerts.rules import State
from safety.judging.signals import PRIORITIES, Rule, Signal, cleared, raised

MINUTE = 60
SHIFT_BEFORE, SHIFT_LASTS = timedelta(hours=2), timedelta(hours=6)
HANDED_OVER = "大体平静。一户门磁电池快没电，已约装维员；一户开着门拖地通风，先搁置。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An alert of a past day: what it was, how soon somebody answered, what was tried, how it ended. Seconds."""

    days: int
    at: time
    house: int
    rule: Rule
    outcome: str
    place: str = ""
    why: Mapping[str, Any] | None = None
    answered: int = 20
    tried: Sequence[tuple[str, int, str, str]] = ()  # step, its number, result, words
    came: str = ""
    came_after: int = 0
    cause: str = ""
    follow_up: bool = False
    words: str = ""
    lasts: int = 10 * MINUTE


WELL = (("callback", 1, "well", ""),)
QUIET = {"minutes": 210, "usual": 105, "days": 20, "part": "morning", "spot": "bedroom"}
# The first homes have the first stories: a small demonstration has few homes and tells fewer.
STORIES = (
    Story(
        days=12,
        at=time(15, 2),
        house=0,
        rule=Rule.SOS,
        place="bedroom",
        answered=24,
        tried=(
            ("callback", 1, "help", "在卫生间门口滑倒，右腿疼，站不起来"),
            ("contact", 1, "coming", "女儿从单位出发，约 25 分钟"),
            ("neighbour", 1, "coming", "邻居有钥匙，先过去"),
            ("120", 1, "called", ""),
        ),
        came="邻居",
        came_after=6 * MINUTE,
        outcome="hospital",
        follow_up=True,
        words="髋部挫伤，拍片没有骨折，女儿陪同。",
        lasts=52 * MINUTE,
    ),
    Story(
        days=5,
        at=time(9, 40),
        house=1,
        rule=Rule.SOS,
        place="bedroom",
        answered=12,
        tried=WELL,
        outcome="false_alarm",
        cause="pressed_by_mistake",
        words="擦床头柜时碰到。",
    ),
    Story(
        days=8,
        at=time(17, 48),
        house=3,
        rule=Rule.SMOKE,
        place="kitchen",
        answered=9,
        tried=(("callback", 1, "help", "锅烧干了，厨房有烟"), ("neighbour", 1, "coming", "")),
        came="邻居",
        came_after=4 * MINUTE,
        outcome="danger_removed",
        words="关了火，开窗通风。",
    ),
    Story(
        days=3,
        at=time(8, 55),
        house=2,
        rule=Rule.QUIET,
        place="bedroom",
        why=QUIET,
        answered=41,
        tried=(("callback", 1, "no_answer", ""), ("contact", 1, "well", "儿子打通了手机，前一晚看电视到很晚")),
        outcome="false_alarm",
        cause="slept_long",
    ),
    Story(
        days=2,
        at=time(14, 20),
        house=4,
        rule=Rule.SOS,
        place="bedroom",
        answered=95,
        tried=(("callback", 1, "well", "想问助餐点几点开门"),),
        outcome="well",
        words="已告知。不是急事可以按绿键。",
    ),
    Story(
        days=15,
        at=time(6, 31),
        house=7,
        rule=Rule.QUIET,
        place="bathroom",
        why=QUIET,
        answered=35,
        tried=(
            ("callback", 1, "no_answer", ""),
            ("contact", 1, "cannot_come", "在外地"),
            ("grid_worker", 1, "coming", "15 分钟到"),
        ),
        came="沈阿根",
        came_after=66 * MINUTE,
        outcome="helped",
        words="人起不来，扶到床上，联系了社区医生上门。",
        lasts=80 * MINUTE,
    ),
    Story(
        days=10,
        at=time(11, 15),
        house=9,
        rule=Rule.SMOKE,
        place="kitchen",
        answered=16,
        tried=WELL,
        outcome="false_alarm",
        cause="cooking",
    ),
    Story(
        days=6,
        at=time(19, 4),
        house=10,
        rule=Rule.FALL,
        place="body",
        answered=28,
        tried=(("callback", 1, "well", "手环掉在地上"),),
        outcome="false_alarm",
        cause="device_fault",
        words="手环固件要升级。",
    ),
    Story(
        days=4,
        at=time(3, 10),
        house=12,
        rule=Rule.GAS,
        place="kitchen",
        answered=14,
        tried=(("callback", 1, "help", ""), ("119", 1, "called", ""), ("neighbour", 1, "coming", "")),
        came="119",
        came_after=11 * MINUTE,
        outcome="danger_removed",
        words="灶具接口漏气，燃气公司已更换。",
        lasts=40 * MINUTE,
    ),
    Story(
        days=9,
        at=time(20, 33),
        house=14,
        rule=Rule.SOS,
        place="bedroom",
        answered=18,
        tried=WELL,
        outcome="false_alarm",
        cause="pet_or_child",
    ),
)


class Desk:
    """The colleague who was on duty, and what came up in that time."""

    def __init__(self, session: Session, *, by: Actor, homes: Sequence[House], area_code: str) -> None:
        self.session, self.by, self.area_code = session, by, area_code
        self.homes = {house.number: house for house in homes}

    def tell_past(self, *, now: datetime, since: datetime) -> None:
        """Let the alerts of past days come up, in their order, and end as they did."""
        for story in sorted(STORIES, key=lambda each: (-each.days, each.at)):
            at = datetime.combine(business_day(now) - timedelta(days=story.days), story.at, tzinfo=ZONE)
            if story.house in self.homes and at > since:
                self._play(story, at)

    def shelve_one(self, number: int, *, now: datetime) -> None:
        """Let one alert rest: a door that stands open while the floor is mopped."""
        at = now - timedelta(minutes=38)
        alert = self._hear(number, [_signal(Rule.DOOR_OPEN, "entrance", at, {"minutes": 12})], at)
        seen = at + timedelta(seconds=50)
        services.shelve(
            self.session,
            incident_id=alert.id,
            until=now + timedelta(minutes=80),
            reason="家里在拖地通风，人在，下午关门",
            by=self.by,
            now=seen,
        )
        self._hear(number, [cleared(Rule.DOOR_OPEN, "entrance", _second(now - timedelta(minutes=3)))], now)

    def leave_one_unseen(self, number: int, *, now: datetime) -> None:
        """Let one alert end by itself before anybody looked."""
        at, over = now - timedelta(minutes=44), now - timedelta(minutes=36)
        self._hear(number, [_signal(Rule.QUIET, "living", at, QUIET)], at)
        self._hear(number, [cleared(Rule.QUIET, "living", _second(over))], over)

    def tidy(self, *, now: datetime) -> None:
        """Close what ended by itself in the last day, as soon as it was over."""
        query = select(Incident).where(
            Incident.state == State.CLEARED_UNSEEN, Incident.lane == "life", Incident.cleared_at < now
        )
        for each in self.session.scalars(query.order_by(Incident.id)).all():
            seen_at = max(each.opened_at, each.cleared_at or each.opened_at) + timedelta(seconds=40)
            services.close(self.session, incident_id=each.id, outcome="well", by=self.by, now=seen_at)

    def begin(self, at: datetime) -> None:
        """Begin a shift."""
        services.start_shift(self.session, area_code=self.area_code, sound_heard=True, by=self.by, now=at)

    def end(self, at: datetime, words: str = HANDED_OVER) -> None:
        """End the shift."""
        services.end_shift(self.session, words=words, by=self.by, now=at)

    def _play(self, story: Story, at: datetime) -> None:
        self.begin(at - SHIFT_BEFORE)
        alert = self._hear(story.house, [_signal(story.rule, story.place, at, story.why)], at)
        services.escalate_due(self.session, now=at + timedelta(seconds=story.answered))
        now = at + timedelta(seconds=story.answered + 1)
        told: dict[str, Any] = {"incident_id": alert.id, "by": self.by}
        services.take(self.session, now=now, **told)
        for number, (kind, nth, result, words) in enumerate(story.tried, start=1):
            step = self._find_step(alert, kind, nth)
            if step is not None:
                tried_at = now + timedelta(seconds=40 * number)
                services.record_step(self.session, step_id=step, result=result, words=words, now=tried_at, **told)
        if story.came:
            there_at = at + timedelta(seconds=story.came_after)
            services.attend(self.session, who=story.came, now=there_at, **told)
        self._close(story, at + timedelta(seconds=story.lasts), told)
        self.end(at + SHIFT_LASTS, "")

    def _close(self, story: Story, at: datetime, told: Mapping[str, Any]) -> None:
        follow_up_on = business_day(at) + timedelta(days=3) if story.follow_up else None
        how: dict[str, Any] = {"outcome": story.outcome, "cause": story.cause, "words": story.words}
        services.close(self.session, follow_up_on=follow_up_on, now=at, **how, **told)
        if follow_up_on:
            asked_at = at + timedelta(days=3)
            words = "女儿说恢复得不错，已经能自己走。"
            services.follow_up(self.session, words=words, now=asked_at, **told)

    def _hear(self, number: int, signals: Sequence[Signal], at: datetime) -> Incident:
        home_id = self.homes[number].home_id
        heard_at = at + timedelta(seconds=1)
        # Whoever is on shift sat before an open desk all the time.
        self.session.execute(update(Shift).where(Shift.until_at.is_(None)).values(seen_at=heard_at))
        heard: dict[str, Any] = {"signals_by_home": {home_id: signals}, "received_at": heard_at, "now": heard_at}
        return services.take_signals(self.session, **heard)[0]

    def _find_step(self, alert: Incident, kind: str, nth: int) -> int | None:
        query = select(AlertStep.id).where(
            AlertStep.incident_id == alert.id,
            AlertStep.kind == kind,
            AlertStep.nth == nth,
            AlertStep.done_at.is_(None),
            AlertStep.skipped_reason == "",
        )
        return self.session.scalar(query.order_by(AlertStep.round).limit(1))


def _signal(rule: Rule, place: str, at: datetime, why: Mapping[str, Any] | None) -> Signal:
    assert PRIORITIES[rule] < 3
    return raised(rule, place, _second(at), **(why or {}))


def _second(at: datetime) -> int:
    return int(at.timestamp())
