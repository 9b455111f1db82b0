"""What whoever starts the product is told about the demonstration."""

from collections.abc import Iterator

from sqlalchemy import text

from app import clock
from app.db import transaction
from demo.safety_homes import GATEWAY_SECRET
from demo.staff import PASSWORD
from demo.tries import Try, list_tries

# What each finds first; accounts of features to come are named when they come.
LOOK_AT = {
    "cashier": "the till of a canteen that serves round the clock: scan or type a card below",
    "manager": "the same canteen's sales and menu, its statement of last month, and a finding that asks for an answer",
    "deliverer": "the round of whoever brings meals home, on a phone: addresses, one press at the door",
    "family": "two seniors of a daughter: points, meals, statement, payment code; who came to care, a visit to confirm",
    "elder": "the first of them: the same as the person sees it, and who looked",
    "clerk": "the seniors of a street; the month's grants to prepare, last month's settlement, applications, care beds",
    "approver": "grants, applications, settlements and policies that wait for a second pair of eyes",
    "assessor": "assessments at a kitchen table, care plans to agree to",
    "provider": "a provider of care: the week of its carers, gaps, who is late, papers that end, a finding to answer",
    "carer": "the visits of today, on a phone: sign in and out with sticker, place and photo",
    "supervisor": "visits that do not fit, and a family that objects",
    "operator": "the alert desk at /desk: begin a shift, then press the SOS of a home, see below",
    "installer": "homes that wait for their kit, on a phone: install, try each device; gateways, stock",
    "grid": "whom the desk asks to go and look, on a phone",
    "shop": "the till of a supermarket of kindness: goods for points, limits, returns; its articles and statements",
    "auditor": "from a month's total down to one lunch, its entry and its proof; findings; exports",
    "admin": "accounts, roles and the audit log",
}
IS_LOADED = text("SELECT count(*) FROM account WHERE username IN ('cashier', 'city-drafter', 'city-checker')")


def greet() -> str:
    """Name the log-ins of the demonstration and some cards to try; say nothing where it is not loaded."""
    with transaction() as session:
        if session.scalar(IS_LOADED) != 3:
            return ""
        return "\n".join(_lines(list_tries(session, now=clock.now())))


def _lines(tries: list[Try]) -> Iterator[str]:
    yield f"Demonstration. Password of every log-in: {PASSWORD}"
    for username, what in LOOK_AT.items():
        yield f"  {username:<11}{what}"
    yield "A key to press at the desk: flask demo press-sos [HOME]; or as a gateway would, with the token"
    yield f"  {GATEWAY_SECRET}: POST /api/v1/safety/events, device h00-bedroom-sos; homes are h00 to h39"
    if tries:
        yield "Cards to try at the cashier's till:"
    for each in tries:
        yield f"  {each.card}  {each.shows}"
