"""What comes of a visit, what is done next, and which steps a referral takes: pure."""

from enum import StrEnum


class Result(StrEnum):
    """What somebody found who visited."""

    WELL = "well"
    HELP = "help"
    ILL = "ill"
    REFUSED = "refused"
    NOT_HOME = "not_home"
    NO_ANSWER = "no_answer"
    AWAY = "away"


class NextStep(StrEnum):
    """What is to be done after a visit."""

    NONE = "none"
    AGAIN = "again"
    FAMILY = "family"
    DOCTOR = "doctor"
    OFFICE = "office"


# The person was seen or spoken to.
MET = frozenset({Result.WELL, Result.HELP, Result.ILL, Result.REFUSED})
# Somebody must see to it until it is over.
PROBLEMS = frozenset({Result.HELP, Result.ILL})


class ReferralState(StrEnum):
    """How far a referral is: opened, taken on by the other office, and one of two ends."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"


class ReferralStep(StrEnum):
    """What becomes of a referral."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    FINISH = "finish"


OPEN = (ReferralState.OPENED, ReferralState.ACCEPTED)
LEADS = {
    ReferralStep.ACCEPT: ReferralState.ACCEPTED,
    ReferralStep.REFUSE: ReferralState.REFUSED,
    ReferralStep.FINISH: ReferralState.DONE,
}


def may_follow(state: ReferralState, step: ReferralStep) -> bool:
    """Say whether a step may be taken now: what has ended stays ended, and is taken on once."""
    return state in OPEN and not (step is ReferralStep.ACCEPT and state is ReferralState.ACCEPTED)
