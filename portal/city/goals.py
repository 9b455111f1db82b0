"""What a place promised of alerts, as figures and targets of the picture."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from portal.city.rules import Figure, Target, wait_figure
from safety.alerts.queries import get_alert_rules


def read_goals(session: Session, *, area_code: str, on: date) -> tuple[Sequence[Figure], Mapping[str, Target]]:
    """Return the figures of answering and of being there that hold in a place, and what they should come to."""
    goals = get_alert_rules(session, area_code=area_code, on=on).goals
    figures, targets = [], {}
    for word, each in (("answered", goals.answer), ("attended", goals.attend)):
        for goal in each:
            figure = wait_figure(word, int(goal.within.total_seconds()))
            figures.append(figure)
            targets[figure.code] = Target(figure=figure.code, at_least=goal.permille)
    return figures, targets
