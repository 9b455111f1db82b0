"""What the commands about running say."""

import base64
from collections import Counter
from collections.abc import Iterator
from datetime import date

import click
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.ops import plan
from app.ops.due import list_due
from app.ops.looking import Report
from app.ops.models import Shredding
from app.ops.wording import CAUSE_NAMES, DATA_NAMES
from app.signing import SigningKey
from app.vault import keyring

SHOWN = 20


def aloud(words: str) -> None:
    """Say what is being done, beside what is told at the end."""
    click.echo(words, err=True)


def quiet(_words: str) -> None:
    """Say nothing."""


def list_keys() -> list[tuple[str, str]]:
    """Return the keys in use by name: the public half of those that sign, the short name of those that seal."""
    signing = [(name, SigningKey(current_app.config[f"{name.upper()}_KEY"])) for name in ("seal", "sticker")]
    # In the form that CHONGYANG_CODE_PUBLIC_KEYS takes.
    code = base64.b64encode(SigningKey(current_app.config["CODE_KEY"]).public_key).decode()
    vaults = [("vault", vault.mark[1:].hex()) for vault in keyring().vaults]
    return [*((name, key.public_key.hex()) for name, key in signing), ("code", code), *vaults]


def say_due(session: Session, *, until: date) -> Iterator[str]:
    """Say what is due, how many rows of how many people, and the first few."""
    people: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for n, each in enumerate(list_due(session, until=until)):
        people[each.data] += 1
        rows[each.data] += plan.count_rows(session, senior_id=each.senior_id, data=each.data)
        if n < SHOWN:
            yield f"{each.senior_id}  {CAUSE_NAMES[each.cause]} {each.since_on}  {DATA_NAMES[each.data]}  {each.due_on}"
    for data, count in people.items():
        yield _("%(data)s: %(people)s people, %(rows)s rows", data=DATA_NAMES[data], people=count, rows=rows[data])
    if not people:
        yield str(_("No personal data has to be destroyed yet, or all of it stands on a list already."))


def say_list(made: Shredding) -> str:
    """Say which list was made, and what comes next."""
    return str(_("List %(number)s waits for a second person: /ops/shredding/%(number)s", number=made.id))


def say_report(report: Report) -> str:
    """Say in a few lines how a drill went."""
    seconds = ", ".join(f"{name} {took:.1f} s" for name, took in report.seconds.items())
    verdict = f"{len(report.faults)} faults" if report.faults else "everything is there"
    return (
        f"{report.tables} tables, {report.rows} rows, {report.pictures} pictures, {report.dump_bytes} bytes of dump\n"
        f"{seconds}\n{verdict}"
    )
