"""What is refused to somebody who wants to show a payment code."""

from flask_babel import lazy_gettext as _l

from app.errors import Refused, TooMany


class NoCardInUse(Refused):
    """A code pays in a card's stead; without a card that pays there is none."""

    code = "no_card_in_use"
    title = _l("There is no meal code now")
    detail = _l(
        "A meal code needs a card in use, and there is none. "
        "The street office or community can issue a new card; codes work again at once."
    )


class TooManyCodes(TooMany):
    """The page makes a code a minute; whoever asks much more often is no person."""

    code = "too_many_codes"
    detail = _l("Many codes were made in the last moments. Wait a minute and open the page again.")
