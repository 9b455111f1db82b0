"""Answers for tests: everything at its best, or so that a total comes out."""

from care_beds.assessment.items import ITEMS


def best(**changes: object) -> dict[str, object]:
    """Answer every item with its most points, but for some."""
    return {**{item.code: item.most for item in ITEMS}, **changes}


def worth(total: int) -> dict[str, object]:
    """Answer so that a total comes out: the first items give away what is too much."""
    answers, too_much = {item.code: item.most for item in ITEMS}, sum(item.most for item in ITEMS) - total
    for item in ITEMS:
        given_away = min(item.most, too_much)
        answers[item.code] -= given_away
        too_much -= given_away
    return dict(answers)
