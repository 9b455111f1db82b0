"""What the checks find in the demonstration: a death told late, the checks run once, and some findings on their way."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import subsidies
from app import clock
from app.auth import Actor
from app.auth.actor import HeldRole, holding
from app.clock import business_day
from app.db import transaction
from app.people.turns import TurnKind
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from demo.places import CITY
from demo.staff import POSTS
from portal.turns.effects import list_effects
from portal.turns.services import Asked, record_turn
from subsidies.findings import runs, services
from subsidies.findings.carrying import carry_out
from subsidies.findings.rules import AskedOf

FOLDER = Path(subsidies.__file__).resolve().parent / "policies"
TOLD_AFTER = timedelta(days=12)
ACCOUNT = text("SELECT id, name FROM account WHERE username = :username")
# Somebody of the clerk's street who ate often lately, not today, and is not named in the greeting.
EATER = text(
    """
    SELECT s.id FROM senior AS s JOIN senior_status AS t ON t.senior_id = s.id AND t.status = 'active'
       AND t.until_on IS NULL AND t.from_on < CAST(:since AS date)
      JOIN checkout AS k ON k.home = s.id AND k.meal_on > :since AND k.reversed_at IS NULL AND k.slot IS NOT NULL
     WHERE s.residence_area_code LIKE :street
       AND NOT EXISTS (SELECT FROM checkout AS x WHERE x.home = s.id AND x.meal_on >= :today)
     GROUP BY s.id ORDER BY count(*) DESC, s.id LIMIT 1
    """
)
LARGEST = text(
    "SELECT id FROM finding WHERE check_code = :code AND area_code LIKE :area AND state = 'open' AND severity <> 'low'"
    " ORDER BY amount_fen DESC, id LIMIT 1"
)
ASKED_CANTEEN = "12 点 47 分前后台前真有这么多人吗？请提供当天的监控或就餐登记。"
ASKED_STREET = "老人去世以后卡还在用。卡在谁手里，家属是否知道？"
NOT_SO = "已核对出院小结，老人当天请假回家吃饭，档案日期有误。"


def report_death_late(session: Session, *, by: Actor, now: datetime) -> None:
    """Record today that somebody died some days ago, who seems to have eaten since."""
    today = business_day(now)
    asked = {"since": today - TOLD_AFTER, "today": today, "street": f"{POSTS['clerk'].area_code}%"}
    senior_id = session.scalar(EATER, asked)
    if senior_id is not None:
        asked_for = Asked(
            senior_id=senior_id, kind=TurnKind.DEATH, from_on=today - TOLD_AFTER, reason="殡葬机构月末才送来名单"
        )
        record_turn(session, asked=asked_for, effects=list_effects(), by=by, now=now)


def run_checks() -> None:
    """Run all checks over the demonstration, and take some of the findings further."""
    with transaction() as session:
        if not _seed(session, now=clock.now()):
            return
        run_id = runs.start_run(session, now=clock.now(), is_forced=True)
    carry_out(run_id)
    with transaction() as session:
        _go_on(session, now=clock.now())


def _seed(session: Session, *, now: datetime) -> bool:
    """Publish the document of the checks where it is not; say whether there is one."""
    documents = [each for each in read_folder(FOLDER) if each["kind"] == "audit_checks"]
    maker, checker = (_find(session, name, ()) for name in ("city-drafter", "city-checker"))
    if maker is None or checker is None:
        return False
    seed_policies(session, documents=documents, maker=maker, checker=checker, now=now)
    return bool(documents)


def _go_on(session: Session, *, now: datetime) -> None:
    """Ask about two findings, and find one not to be so; the others wait for whoever looks in."""
    auditor, approver = (_find(session, name, (_role(name),)) for name in ("auditor", "approver"))
    assert auditor is not None
    assert approver is not None
    burst, death, away = (_largest(session, code) for code in ("R5", "R1", "R2"))
    if burst:
        services.ask_about(
            session, finding_id=burst, asked_of=AskedOf.CANTEEN, words=ASKED_CANTEEN, by=auditor, now=now
        )
    if death:
        services.ask_about(session, finding_id=death, asked_of=AskedOf.STREET, words=ASKED_STREET, by=approver, now=now)
    if away:
        services.dismiss_finding(session, finding_id=away, words=NOT_SO, by=auditor, now=now)


def _largest(session: Session, code: str) -> int | None:
    found: int | None = session.scalar(LARGEST, {"code": code, "area": f"{CITY[:4]}%"})
    return found


def _role(username: str) -> HeldRole:
    post = POSTS[username]
    return HeldRole(post.role, post.area_code)


def _find(session: Session, username: str, held: tuple[HeldRole, ...]) -> Actor | None:
    account = session.execute(ACCOUNT, {"username": username}).first()
    return holding(Actor(account_id=account.id, name=account.name), held) if account else None
