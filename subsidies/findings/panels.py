"""The piece of a page that tells of the findings about what the page shows."""

from collections.abc import Sequence

from flask import render_template
from sqlalchemy.orm import Session

from app.auth import Actor
from subsidies.findings import queries, views
from subsidies.findings.access import READERS


def about_panel(session: Session, *, kinds: Sequence[str], ref: str, actor: Actor) -> str:
    """Return the findings that rest on a row, for its page; empty where there are none, or none for the reader.

    :param kinds: what the row counts as: a sale with points is an entry of the ledger too
    """
    if not actor.roles & set(READERS):
        return ""
    lines = {
        line.id: line for kind in kinds for line in queries.list_findings_of(session, kind=kind, ref=ref, actor=actor)
    }
    if not lines:
        return ""
    return render_template("findings/about.html", **views.WORDS, lines=[lines[number] for number in sorted(lines)])
