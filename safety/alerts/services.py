"""Everything that can be done with alerts."""

from safety.alerts.answering import answer_task, arrive_as_family, come_as_family
from safety.alerts.escalating import answer_call, escalate_due
from safety.alerts.handling import (
    attend,
    close,
    follow_up,
    hand_over,
    note,
    record_step,
    release,
    shelve,
    skip_step,
    take,
    unshelve,
)
from safety.alerts.parts import beat
from safety.alerts.requests import finish_request, take_request
from safety.alerts.shifts import end_shift, note_desk, note_sound, start_shift
from safety.alerts.strangers import UnknownCall, raise_unknown
from safety.alerts.taking import take_signals
from safety.alerts.watching import watch

__all__ = [
    "UnknownCall",
    "answer_call",
    "answer_task",
    "arrive_as_family",
    "attend",
    "beat",
    "close",
    "come_as_family",
    "end_shift",
    "escalate_due",
    "finish_request",
    "follow_up",
    "hand_over",
    "note",
    "note_desk",
    "note_sound",
    "raise_unknown",
    "record_step",
    "release",
    "shelve",
    "skip_step",
    "start_shift",
    "take",
    "take_request",
    "take_signals",
    "unshelve",
    "watch",
]
