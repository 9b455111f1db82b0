"""What planning and visits refuse, and what to do then."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Forbidden, NotFound


class PlanNotFound(NotFound):
    """There is no such plan for the caller."""

    code = "care_plan_not_found"
    detail = _l("There is no such care plan, or it lies outside what you look after.")


class VisitNotFound(NotFound):
    """There is no such visit for the caller."""

    code = "visit_not_found"
    detail = _l("There is no such visit, or it lies outside what you look after.")


class GapNotFound(NotFound):
    """There is no such gap for the caller."""

    code = "visit_gap_not_found"
    detail = _l("There is no such gap in the visits you look after.")


class ExceptionNotFound(NotFound):
    """There is no such exception for the caller."""

    code = "visit_exception_not_found"
    detail = _l("There is no such exception in your area.")


class NoVisitRules(Conflict):
    """Nobody published how visits are held."""

    code = "no_visit_rules"
    title = _l("There are no rules of visits here")
    detail = _l(
        "The rules of visits at home are not published for this place. The district publishes them under Policies."
    )


class PlanExists(Conflict):
    """One bed, one plan in the making."""

    code = "care_plan_exists"
    title = _l("A plan is in the making already")
    detail = _l("A plan is in the making already. Go on with it, or drop it first.")


class PlanMoved(Conflict):
    """The step does not fit how the plan stands."""

    code = "care_plan_moved"
    title = _l("This does not fit how the plan stands")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")


class PlanEmpty(Conflict):
    """A plan without a service asks for nothing."""

    code = "care_plan_empty"
    title = _l("The plan has no service yet")
    detail = _l("The plan has no service yet. Add what is done and how often, then hand it in.")


class BedNotReady(Conflict):
    """The bed stands where no plan is made."""

    code = "bed_not_ready"
    title = _l("No plan can be made for this bed now")
    detail = _l(
        "A plan is made once the home was surveyed and a provider was chosen, and as long as the bed is not closed."
    )


class SamePerson(Forbidden):
    """Who made a plan does not agree to it."""

    code = "same_person"
    detail = _l("Whoever made or handed in the plan does not agree to it. Ask another person.")


class VisitMoved(Conflict):
    """The step does not fit how the visit stands."""

    code = "visit_moved"
    title = _l("This does not fit how the visit stands")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")


class CarerBusy(Conflict):
    """Nobody is in two places at once."""

    code = "carer_busy"
    title = _l("The carer is elsewhere at this time")
    detail = _l("The carer is elsewhere at this time. Choose another time or another carer.")


class SeniorBusy(Conflict):
    """Nobody is visited twice at once."""

    code = "senior_busy"
    title = _l("Somebody else visits at this time")
    detail = _l("Somebody else visits at this time. Choose another time.")


class CarerUnfit(Conflict):
    """This carer may not visit on this day."""

    code = "carer_unfit"
    title = _l("This carer cannot visit")


class DayFull(Conflict):
    """The carer's day would be too long."""

    code = "carer_day_full"
    title = _l("The carer's day would be too long")


class BedRests(Conflict):
    """Nobody is to be visited on this day."""

    code = "bed_rests"
    title = _l("The bed is not in service on this day")
    detail = _l("The bed rests on this day, or is closed, or has not begun. Choose another day.")


class NotNow(Conflict):
    """It is too early or too late for this."""

    code = "visit_not_now"
    title = _l("Not at this time")


class OwnVisit(Forbidden):
    """Nobody decides about what they did themselves."""

    code = "own_visit"
    detail = _l("You visited or work for this provider. Somebody else decides about this.")
