"""What a note may be. Pure."""

import unicodedata
from enum import StrEnum

from app.people.faults import Misfit

SHORTEST_NOTE, LONGEST_NOTE = 2, 2000
KEPT_CONTROLS = "\n\t"


class NoteKind(StrEnum):
    """Who may read a note: everybody who sees the person, or those in confidence."""

    PLAIN = "plain"
    CONFIDENTIAL = "confidential"


def read_note(text: str) -> str:
    """Read the text of a note; it may have several lines.

    :raises Misfit: if it says too little or too much, or holds control characters
    """
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise Misfit("missing")
    if len(body) < SHORTEST_NOTE:
        raise Misfit("too_short", shortest=SHORTEST_NOTE, count=len(body))
    if len(body) > LONGEST_NOTE:
        raise Misfit("too_long", longest=LONGEST_NOTE, count=len(body))
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in body if each not in KEPT_CONTROLS):
        raise Misfit("control_characters")
    return body
