"""Visiting care in the demonstration: a community scored, visited and referred, and one person who waits too long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.clock import business_day
from app.tokens import new_id
from demo.persons import SHOW_COMMUNITY
from demo.register import Registered
from demo.staff import find_post
from outreach.escalating import escalate
from outreach.outcomes import NextStep, ReferralStep, Result
from outreach.queries import list_key_people, list_referrals
from outreach.referring import follow_referral
from outreach.reporting import report_change
from outreach.scoring import score_people
from outreach.terms import Band, Help, Reported, Way
from outreach.visiting import Found, record_visit

PEOPLE, VISITED = 60, 12
SCORED_BEFORE, VISITED_BEFORE, RAISED_BEFORE = timedelta(days=12), timedelta(days=6), timedelta(days=3)
QUARTER = timedelta(minutes=25)
# What the worker found, in turn; everybody else is well.
FINDINGS = {
    1: (Result.HELP, "一个人洗澡怕滑倒，想装个呼叫器", (Help.KIT,)),
    3: (Result.NOT_HOME, "敲门没人应，邻居说去女儿家了", ()),
    4: (Result.HELP, "血压药快吃完了，儿子在外地", (Help.OTHER,)),
    6: (Result.ILL, "说头晕两天了，联系了家庭医生", ()),
}
OFFICE = "社区卫生服务中心"


def open_outreach(session: Session, *, seniors: Sequence[Registered], now: datetime) -> None:
    """Score the people of the show's community, visit those who are red but for one, and let that one wait too long."""
    ids = [each.id for each in seniors if each.person.fields["residence_area"] == SHOW_COMMUNITY][:PEOPLE]
    score_people(session, senior_ids=ids, now=now - SCORED_BEFORE)
    asked: dict[str, Any] = {
        "month": business_day(now),
        "area_code": SHOW_COMMUNITY,
        "reach": find_post(session, "clerk"),
    }
    key_people = list_key_people(session, limit=PEOPLE, **asked).items
    people = [each.senior_id for each in key_people if each.band == Band.RED][: VISITED + 1]
    if not people:
        return
    _visit(session, people[1:], now=now - VISITED_BEFORE)
    escalate(session, now=now - RAISED_BEFORE)
    _follow(session, now=now - timedelta(days=1))
    worker = find_post(session, "grid")
    words, told = "昨天在楼道里绊了一下，没去医院", Reported.FALL
    report_change(session, senior_id=people[-1], reported=told, words=words, by=worker, now=now - timedelta(hours=3))


def _visit(session: Session, people: Sequence[int], *, now: datetime) -> None:
    worker = find_post(session, "grid")
    for number, senior_id in enumerate(people):
        result, words, refer = FINDINGS.get(number, (Result.WELL, "", ()))
        found = Found(
            id=new_id(),
            way=Way.HOME,
            result=result,
            words=words,
            refer=refer,
            office=OFFICE if Help.OTHER in refer else "",
            next_step=NextStep.AGAIN if result is Result.NOT_HOME else NextStep.NONE,
        )
        record_visit(session, senior_id=senior_id, found=found, by=worker, now=now + number * QUARTER)


def _follow(session: Session, *, now: datetime) -> None:
    """Have the street hear that the other office has taken its referral on."""
    clerk = find_post(session, "clerk")
    step, outcome = ReferralStep.ACCEPT, "医生周三上门，带上处方"
    for each in list_referrals(session, reach=clerk, today=business_day(now)).items:
        if each.kind == Help.OTHER:
            follow_referral(session, referral_id=each.id, step=step, outcome=outcome, by=clerk, now=now)
