"""Reading outreach: coverage, what is due, one person, referrals."""

from app.paging import no_cursor, read_cursor


def read_number(cursor: str) -> int:
    """Read the cursor of a list by numbers.

    :raises Invalid: if it is no cursor of such a list
    """
    return in_reach(read_cursor(cursor, int)[0])


def in_reach(number: int) -> int:
    """Return a number that the database has room for.

    :raises Invalid: if it is none of any list
    """
    if not 0 < number < 2**63:
        raise no_cursor()
    return number
