"""The sweep over all books: part by part, each in a transaction of its own, until nothing is left to book.

Killed anywhere, it loses at most the part it was at; run again, it goes on with what is left, since a lot that
is empty cannot be emptied twice.
"""

from collections.abc import Callable
from datetime import date, datetime

from app.clock import business_day
from app.db import transaction
from subsidies.expiry import queries
from subsidies.expiry.holds import leave_held
from subsidies.expiry.services import Swept, expire_points

# So few at a time that a sale never waits long for them: some tens of milliseconds on two cores.
LOTS_AT_ONCE = 200
# Payers who stood at a till the first time are met the second; whoever is met five times in a row comes tomorrow.
ROUNDS = 5


def sweep(
    *,
    until: date,
    clock: Callable[[], datetime],
    tell: Callable[[Swept], object] = lambda _part: None,
    actor: str = "",
    device: str = "",
    at_once: int = LOTS_AT_ONCE,
) -> Swept:
    """Book everything whose last good day is ``until`` or before, beside live sales; return what came of it.

    Points that a service of a good day may still be paid with are left until it is paid or given up.

    :param tell: called with what came of each part, once it is written
    """
    done = Swept()
    for _round in range(ROUNDS):
        part = _sweep_once(until=until, clock=clock, tell=tell, actor=actor, device=device, at_once=at_once)
        done = Swept(done.booked, 0, done.lost_fen, done.moved_fen) + part
        if not part.booked and not part.busy:
            break
    return done


def _sweep_once(
    *,
    until: date,
    clock: Callable[[], datetime],
    tell: Callable[[Swept], object],
    actor: str,
    device: str,
    at_once: int,
) -> Swept:
    done, after = Swept(), (0, 0)
    with transaction() as session:
        rollovers = queries.list_rollovers(session)
    while True:
        with transaction() as session:
            now = clock()
            ended = queries.find_ended(session, until=until, after=after, limit=at_once)
            part = (
                expire_points(
                    session,
                    ended=leave_held(session, ended),
                    rollovers=rollovers,
                    on=business_day(now),
                    now=now,
                    actor=actor,
                    device=device,
                )
                if ended
                else Swept()
            )
        if not ended:
            return done
        tell(part)
        done, after = done + part, (ended[-1].home, ended[-1].id)
