"""Programmes and people for tests of rules, each with as little said as the test needs."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import subsidies
from app.policies.folder import read_folder
from subsidies.allowance.kind import NAME
from subsidies.allowance.reading import read_programme
from subsidies.allowance.rules import Facts
from subsidies.allowance.terms import Programme

FOLDER = Path(subsidies.__file__).resolve().parent / "policies"
XIAOSHAN, SHANGCHENG = "330109", "330102"
IN_XIAOSHAN, IN_SHANGCHENG, ELSEWHERE = "330109001001", "330102001001", "310101001001"
NOVEMBER = date(2026, 11, 1)


@lru_cache(maxsize=1)
def read_documents() -> list[dict[str, Any]]:
    """Read the programmes that come with the product."""
    return [each for each in read_folder(FOLDER) if each["kind"] == NAME]


def real_programmes() -> list[Programme]:
    """Return the terms of those documents that are no demonstration."""
    return [
        read_programme(each["body"], document_id=number, area_code=each["area"])
        for number, each in enumerate(read_documents(), start=1)
        if not each["body"]["code"].startswith("demo-")
    ]


def a_body(**changes: Any) -> dict[str, Any]:
    """Return the body of a programme for the very old."""
    return {
        "code": "age-points",
        "unit_fen": 100,
        "who": [
            {"when": {"age": {"from": 80, "until": 90}, "hukou": True}, "points": 75},
            {"when": {"age": {"from": 90}, "hukou": True}, "points": 150},
        ],
        "by": "data",
        "pays_for": ["meals"],
        "issue": {"day": 1},
        "expiry": {"mode": "months", "months": 12},
        **changes,
    }


def a_programme(number: int = 1, area: str = XIAOSHAN, **changes: Any) -> Programme:
    """Return a programme's terms."""
    return read_programme(a_body(**changes), document_id=number, area_code=area)


def for_everyone(code: str, points: int, *conflicts: tuple[str, str], number: int = 1, **changes: Any) -> Programme:
    """Return a programme for everybody of Zhejiang, with what it says of others."""
    said = [{"with": other, "rule": rule} for other, rule in conflicts]
    who = [{"points": points}]
    return a_programme(number, "330000", **{"code": code, "who": who, "conflicts": said, **changes})


def somebody(**changes: Any) -> Facts:
    """Return the facts of a woman of 80 who lives in Xiaoshan."""
    facts: dict[str, Any] = {
        "senior_id": 1,
        "birth_on": date(1946, 5, 17),
        "hukou_area": IN_XIAOSHAN,
        "residence_area": IN_XIAOSHAN,
    }
    return Facts(**{**facts, **changes})
