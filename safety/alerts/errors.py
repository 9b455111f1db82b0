"""What alerts refuse, and what to do then."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Forbidden, NotFound


class AlertNotFound(NotFound):
    """There is no such alert for the caller."""

    code = "alert_not_found"
    detail = _l("There is no such alert, or it lies outside what you look after.")


class StepNotFound(NotFound):
    """The alert has no such step."""

    code = "alert_step_not_found"
    detail = _l("This alert has no such step.")


class RequestNotFound(NotFound):
    """There is no such request for the caller."""

    code = "safety_request_not_found"
    detail = _l("There is no such request in your area.")


class TakenByOther(Conflict):
    """Somebody else has the alert in hand."""

    code = "taken_by_other"
    title = _l("Somebody else has this alert in hand")

    def __init__(self, holder: str) -> None:
        detail = _l("%(name)s has this alert in hand. Ask them to hand it over.", name=holder)
        super().__init__(detail, extra={"holder": holder})


class NotHolder(Conflict):
    """Only whoever has the alert in hand does this."""

    code = "alert_not_taken"
    title = _l("Take the alert first")
    detail = _l("Only whoever has taken the alert can do this. Take it first.")


class AlertClosed(Conflict):
    """What is closed stays as it is."""

    code = "alert_closed"
    title = _l("This alert is closed")
    detail = _l("This alert was closed meanwhile. What happens now becomes a new one.")


class SignalledAgain(Conflict):
    """Something was heard after the page was made."""

    code = "signalled_again"
    title = _l("It has just alarmed again")
    detail = _l("It has alarmed again while you were closing. Look at what was heard, then close it.")


class NeverShelved(Conflict):
    """An alarm of life and death does not rest."""

    code = "never_shelved"
    title = _l("This alert cannot be shelved")
    detail = _l("An alarm of life and death is never shelved. Somebody must answer it.")


class AlertMoved(Conflict):
    """The step does not fit how the alert stands."""

    code = "alert_moved"
    title = _l("This does not fit how the alert stands")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")


class StepDone(Conflict):
    """The step was done or left out already."""

    code = "alert_step_done"
    title = _l("This step is done already")
    detail = _l("Somebody has written down what came of this step. Add a note if there is more.")


class NoShift(Conflict):
    """The caller is not on duty."""

    code = "no_shift"
    title = _l("You are not on duty")
    detail = _l("Begin your shift with the sound test first.")


class NotAsked(Forbidden):
    """The caller was not asked to go there."""

    code = "not_asked"
    detail = _l("You have not been asked to go there.")


class RequestMoved(Conflict):
    """Somebody else took or finished the request."""

    code = "safety_request_moved"
    title = _l("Somebody else has this request in hand")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")
