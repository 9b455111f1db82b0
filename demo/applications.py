"""Applications of the demonstration: a dozen and some, one or two in every state, some of them overdue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import subsidies
from app.auth import Actor, Role
from app.clock import ZONE, business_day
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from demo.places import CITY
from demo.staff import POSTS
from subsidies.applications import documents, services
from subsidies.applications.basis import list_open_programmes, weigh
from subsidies.applications.services import Applicant
from subsidies.expiry.rules import next_month

FOLDER = Path(subsidies.__file__).resolve().parent / "policies"
OFFICE_HOUR = time(10, 20)
STREET = POSTS["clerk"].area_code
KNOWN_SINCE = timedelta(days=21)
CANDIDATES = text(
    "SELECT s.id FROM senior AS s JOIN senior_status AS p ON p.senior_id = s.id AND p.until_on IS NULL"
    " WHERE s.residence_area_code LIKE :street AND p.status = 'active' AND s.registered_at < :before"
    " ORDER BY s.ability_level DESC NULLS LAST, s.id LIMIT 30"
)
Step = Callable[..., None]
ACCOUNT = text("SELECT id, name FROM account WHERE username = :username")


@dataclass(frozen=True, slots=True)
class Story:
    """How far an application came: on which days before today each step was taken."""

    relation: str
    applied: int
    checked: int | None = None
    supports: bool = True
    decided: int | None = None
    approves: bool = True
    appealed: int | None = None
    appeal_decided: int | None = None
    appeal_approves: bool = True
    withdrawn: int | None = None
    papers: tuple[str, ...] = ()

    @property
    def must_fit(self) -> bool:
        """Say whether it can only be told of somebody whose facts meet the programme."""
        if self.decided is None:
            return False
        return self.approves or (self.appeal_decided is not None and self.appeal_approves)


STORIES = (
    Story("child", 12, checked=10, decided=5, papers=("能力评估报告", "收入证明")),
    Story("self", 16, checked=13, decided=8, papers=("能力评估报告",)),
    Story("child", 18, 16, True, 12, False, 9, 2, True, papers=("收入证明", "补充收入证明")),
    Story("community", 1),
    Story("child", 15, papers=("能力评估报告",)),
    Story("spouse", 3, papers=("身份证明",)),
    Story("child", 6, checked=3, papers=("能力评估报告", "收入证明")),
    Story("guardian", 19, checked=18, papers=("监护关系证明",)),
    Story("family", 8, checked=2, supports=False),
    Story("community", 14, checked=11, decided=4, approves=False),
    Story("child", 17, checked=14, decided=10, approves=False, appealed=3),
    Story("self", 18, 17, True, 13, False, 10, 1, False),
    Story("child", 9, withdrawn=7),
)
REASONS = {
    "doubted": "收入证明缺一个月，已请申请人补交",
    "refused": "家庭收入没有核实，不能认定为困难家庭",
    "appealed": "已补交民政核对报告，请重新认定",
    "appeal_approved": "补交的核对报告符合规定",
    "appeal_upheld": "核对报告显示收入高于标准",
    "withdrawn": "老人搬到儿子家，由那边申请",
}


def receive_applications(session: Session, *, now: datetime) -> int:
    """Let the seniors of the demonstration's street apply; return how many did."""
    desk = Desk(session, business_day(now))
    seed_policies(session, documents=read_folder(FOLDER), maker=desk.drafter, checker=desk.checker, now=now)
    asked = {"street": f"{STREET}%", "before": now - KNOWN_SINCE}
    waiting = desk.choose(session.scalars(CANDIDATES, asked).all())
    told = 0
    for story in STORIES:
        found = next((each for each in waiting if each.fits or not story.must_fit), None)
        if found:
            waiting.remove(found)
            desk.tell(story, found)
            told += 1
    return told


@dataclass(frozen=True, slots=True)
class Candidate:
    """A senior with a programme to apply for, and whether the facts meet it."""

    senior_id: int
    programme: str
    fits: bool


class Desk:
    """Where the applications are handed in and decided: a clerk, two who decide, and the days before today."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today = session, today
        self.drafter = self._find("city-drafter", Role.STREET_CLERK, CITY)
        self.checker = self._find("city-checker", Role.DISTRICT_APPROVER, CITY)
        self._clerk = self._find("clerk", POSTS["clerk"].role, POSTS["clerk"].area_code)
        self._approver = self._find("approver", POSTS["approver"].role, POSTS["approver"].area_code)

    def choose(self, seniors: Sequence[int]) -> list[Candidate]:
        """Return those who may apply for something, each with what suits best; who meets it first."""
        found = [each for senior_id in seniors for each in self._best(senior_id)]
        return sorted(found, key=lambda each: not each.fits)

    def tell(self, story: Story, candidate: Candidate) -> None:
        """Take an application through its steps, each on its day."""
        number = self._apply(story, candidate)
        if story.withdrawn is not None:
            self._step(services.withdraw, number, story.withdrawn, self._clerk, reason=REASONS["withdrawn"])
        if story.checked is not None:
            reason = "" if story.supports else REASONS["doubted"]
            self._step(services.check, number, story.checked, self._clerk, supports=story.supports, reason=reason)
        if story.decided is not None:
            reason = "" if story.approves else REASONS["refused"]
            days = self._days(story.approves)
            self._step(services.decide, number, story.decided, self.checker, reason=reason, **days)
        if story.appealed is not None:
            self._step(services.appeal, number, story.appealed, self._clerk, reason=REASONS["appealed"])
        if story.appeal_decided is not None:
            approves = story.appeal_approves
            reason = REASONS["appeal_approved" if approves else "appeal_upheld"]
            days = self._days(approves)
            self._step(services.decide_appeal, number, story.appeal_decided, self._approver, reason=reason, **days)

    def _apply(self, story: Story, candidate: Candidate) -> int:
        now = self._at(story.applied)
        number = services.apply(
            self._session,
            senior_id=candidate.senior_id,
            programme=candidate.programme,
            applicant=Applicant(relation=story.relation, phone="19900001234"),
            applied_on=business_day(now),
            actor=self._clerk,
            now=now,
        )
        for title in story.papers:
            content = paper(f"Demonstration, application {number}, paper {story.papers.index(title) + 1}")
            documents.attach(
                self._session, application_id=number, title=title, content=content, actor=self._clerk, now=now
            )
        return number

    def _step(self, service: Step, number: int, ago: int, actor: Actor, **asked: Any) -> None:
        service(self._session, application_id=number, actor=actor, now=self._at(ago), **asked)

    def _days(self, approves: bool) -> dict[str, Any]:
        """Return a decision; what is approved begins next month, whenever it was approved."""
        return {"approves": approves, **({"from_on": next_month(self._today)} if approves else {})}

    def _best(self, senior_id: int) -> Iterator[Candidate]:
        codes = sorted(list_open_programmes(self._session, senior_id=senior_id, on=self._today), reverse=True)
        from_on = next_month(self._today)
        found = [
            Candidate(
                senior_id,
                code,
                weigh(self._session, senior_id=senior_id, programme=code, on=from_on).amount_fen > 0,
            )
            for code in codes
        ]
        yield from sorted(found, key=lambda each: not each.fits)[:1]

    def _at(self, ago: int) -> datetime:
        return datetime.combine(self._today - timedelta(days=ago), OFFICE_HOUR, tzinfo=ZONE)

    def _find(self, username: str, role: Role, area_code: str) -> Actor:
        account = self._session.execute(ACCOUNT, {"username": username}).one()
        return Actor(account_id=account.id, name=account.name, roles=frozenset({role}), area_codes=(area_code,))


def paper(line: str) -> bytes:
    """Return a PDF of one page with one line on it."""
    drawn = f"BT /F1 18 Tf 72 720 Td ({line}) Tj ET".encode("ascii")
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    )
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + head + tail
