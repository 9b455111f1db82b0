"""Points that have ended and stay where they are a while: a service of a good day is not paid for yet.

A visit of the last good day is paid days later, once the family had its time to object. The ledger takes points by the
day of the service; they must not be gone by then. Which services are owed is known above, so it is asked.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from subsidies.expiry.queries import EndedLot

# Of some payers, the first day of a service that may still be paid with points; of those who owe nothing, none.
FindOwed = Callable[..., Mapping[int, date]]

_finders: list[FindOwed] = []


def register_owed(find: FindOwed) -> None:
    """Let points wait for services of a feature: ``find(session, homes=, until=)`` returns the first day by payer."""
    if find not in _finders:
        _finders.append(find)


def leave_held(session: Session, ended: Sequence[EndedLot]) -> list[EndedLot]:
    """Return the ended lots that nothing waits for: those of services no later than their last good day stay."""
    if not ended:
        return []
    first = _find_first(session, homes={lot.home for lot in ended}, until=max(lot.expires_on for lot in ended))
    return [lot for lot in ended if first.get(lot.home, date.max) > lot.expires_on]


def _find_first(session: Session, *, homes: Collection[int], until: date) -> Mapping[int, date]:
    first: dict[int, date] = {}
    for find in _finders:
        for home, on in find(session, homes=homes, until=until).items():
            first[home] = min(on, first.get(home, on))
    return first
