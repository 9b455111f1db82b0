"""Notes of the demonstration: what the street and the district wrote down about those whom most is told of."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE, business_day
from app.people.dossier.notes import write_note
from app.people.dossier.rules import NoteKind
from demo.staff import POSTS

STREET = POSTS["clerk"].area_code
# Who has a bed, a kit or a finding comes first: their pages tell most.
TOLD_OF = text(
    "SELECT s.id FROM senior AS s"
    " WHERE s.residence_area_code LIKE :street"
    " ORDER BY (SELECT count(*) FROM care_bed AS b WHERE b.senior_id = s.id AND b.state = 'in_service')"
    " + (SELECT count(*) FROM safety_home AS h WHERE h.senior_id = s.id AND h.state = 'active')"
    " + (SELECT least(count(*), 1) FROM finding AS f WHERE f.senior_id = s.id) DESC, s.id LIMIT 6"
)
ACCOUNT = text("SELECT id, name FROM account WHERE username = :username")


@dataclass(frozen=True, slots=True)
class Story:
    """A note: so many days ago, by whom, for whom, what, and what was right instead two days later."""

    ago: int
    by: str
    body: str
    kind: NoteKind = NoteKind.PLAIN
    corrected: str = ""


STORIES = (
    (
        Story(24, "clerk", "白天听力不好，敲门没有用，请按两次门铃，再等一会儿。"),
        Story(9, "clerk", "女儿每周三下午过来，有事尽量约这个时候。", corrected="女儿改到每周四下午过来，有事约周四。"),
        Story(5, "approver", "家里为了房子有争执，上门时不要当着小儿子的面谈补贴。", NoteKind.CONFIDENTIAL),
    ),
    (Story(13, "clerk", "楼里没有电梯，住六楼。送餐员已知道放在五楼平台。"),),
    (
        Story(17, "clerk", "社区民警提醒：最近有人上门推销保健品，已和老人谈过。"),
        Story(3, "clerk", "老人自述夜里常睡不着，情绪低落，不愿子女知道。", NoteKind.CONFIDENTIAL),
    ),
    (Story(7, "clerk", "不识字，通知请打电话，或者由楼组长当面讲。"),),
    (Story(11, "approver", "重残补贴材料已在区里核过，原件退回本人。"),),
    (Story(2, "clerk", "要求食堂少盐少糖，已转告食堂。"),),
)


def write_notes(session: Session, *, now: datetime) -> int:
    """Write the notes of the demonstration's street; return how many."""
    people = session.scalars(TOLD_OF, {"street": f"{STREET}%"}).all()
    told = [(senior_id, story) for senior_id, stories in zip(people, STORIES, strict=False) for story in stories]
    for senior_id, story in told:
        by = _find(session, story.by)
        note_id = write_note(
            session, senior_id=senior_id, body=story.body, kind=story.kind, actor=by, now=_at(now, story.ago)
        )
        if story.corrected:
            write_note(
                session,
                senior_id=senior_id,
                body=story.corrected,
                kind=story.kind,
                corrects=note_id,
                actor=by,
                now=_at(now, story.ago - 2),
            )
    return len(told)


def _at(now: datetime, ago: int) -> datetime:
    return datetime.combine(business_day(now) - timedelta(days=ago), time(15, 40), tzinfo=ZONE)


def _find(session: Session, username: str) -> Actor:
    account = session.execute(ACCOUNT, {"username": username}).one()
    post = POSTS[username]
    return Actor(account_id=account.id, name=account.name, roles=frozenset({post.role}), area_codes=(post.area_code,))
