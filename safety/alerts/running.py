"""One round of what alerts do by themselves, each part in a transaction of its own."""

from app.config import settings
from app.db import transaction
from app.messages.routes import has_demo
from safety.alerts.calls import Clock, place_due
from safety.alerts.channels import make_channel
from safety.alerts.escalating import escalate_due
from safety.alerts.parts import beat
from safety.alerts.watching import watch

# Few at a time: somebody who takes one of them, or presses again, waits for no longer than these take.
BATCH = 10
# However much is due after an outage, a round ends, so that whoever runs it can be asked to stop.
MOST_BATCHES = 200


def run_round(*, name: str, clock: Clock) -> int:
    """Do what is due, look at what must live, and place the calls that came of it; return how much was done.

    Safe to run by several at once: what one has in hand the others leave out.

    :param name: under which name whoever runs it shows that it lives
    """
    done = 0
    for _batch in range(MOST_BATCHES):
        with transaction() as session:
            count = escalate_due(session, now=clock(), limit=BATCH)
        done += count
        if count < BATCH:
            break
    with transaction() as session:
        beat(session, name=name, now=clock())
        watch(session, now=clock())
    # Last: whatever is wrong with the way to the telephones, who watches the watch does not wait for it.
    return done + place_calls(clock=clock)


def place_calls(*, clock: Clock) -> int:
    """Place the calls that are due by the way that this installation has."""
    with transaction() as session:
        channel = make_channel(settings(), is_demo=has_demo(session))
    return place_due(channel, clock=clock)
