"""Reading outreach for other rooms: coverage of those who must be visited each month, and what is known of somebody."""

from outreach.reading.coverage import Coverage, coverage, list_key_people
from outreach.reading.people import Standing, find_standing, list_visits_of
from outreach.reading.referrals import list_referrals
from outreach.reading.tasks import count_due, list_tasks

__all__ = [
    "Coverage",
    "Standing",
    "count_due",
    "coverage",
    "find_standing",
    "list_key_people",
    "list_referrals",
    "list_tasks",
    "list_visits_of",
]
