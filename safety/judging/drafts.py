"""Rules that are not in force: a document in a file, or a draft that somebody wrote."""

from collections.abc import Mapping
from typing import Any

from app.policies.errors import PolicyInvalid
from app.policies.kinds import Fault, find_body_faults
from app.policies.yaml_text import UnreadableText, read_text, with_line
from safety.judging.policy import EXAMPLE, SAFETY_RULES, load_rules
from safety.judging.terms import SafetyRules

ANYWHERE = "110000"


def read_draft(text: str) -> SafetyRules:
    """Read rules from YAML: a whole document, or a body of which what is left out is as usual.

    :raises PolicyInvalid: if it is no YAML, or its body says what makes no sense; names the line
    """
    try:
        raw, lines = read_text(text)
    except UnreadableText as error:
        raise PolicyInvalid([error.fault]) from error
    if not isinstance(raw, Mapping):
        raise PolicyInvalid([Fault((), SAFETY_RULES.label, 1)])
    whole = "body" in raw
    body: Any = raw["body"] if whole else raw
    if not isinstance(body, Mapping):
        body = {"body": body}
    filled = {**EXAMPLE, **body}
    faults = find_body_faults(SAFETY_RULES, filled, ANYWHERE)
    if faults:
        placed = [each if whole else Fault(each.path[1:], each.message) for each in faults]
        raise PolicyInvalid(with_line(each, lines) for each in placed)
    return load_rules(filled)
