"""What a till says of its own decisions: why a card or code sells nothing by the roster, why there is no subsidy."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.errors import DomainError
from meals.errors import (
    REFUSED_CARD_STATES,
    REFUSED_CODES,
    REFUSED_STATUSES,
    CanteenClosed,
    CodeWithoutCard,
    SaleRulesMissing,
)

# What the server says of a refusal, a till that was refused nothing by it says in the same words.
SAID_ALIKE: Final[Sequence[type[DomainError]]] = (
    *REFUSED_CARD_STATES.values(),
    *REFUSED_STATUSES.values(),
    *REFUSED_CODES.values(),
    CanteenClosed,
    CodeWithoutCard,
    SaleRulesMissing,
)

DECIDED_WORDS: Final[Mapping[str, Any]] = {
    **{f"refused.{refusal.code}.what": refusal.detail for refusal in SAID_ALIKE},
    "refused.code_expired.what": _(
        "This code is from %(at)s. Ask the guest to open the meal code again: the page makes a fresh one at once. "
        "A picture of a code does not pay."
    ),
    "refused.code_used.what": _("It paid at %(at)s, and each code pays once. For another meal ask for a fresh one."),
    "refused.card_not_in_roster.word": _("Card not in the list"),
    "refused.card_not_in_roster.what": _(
        "Without the network this till knows the guests of this canteen and street. "
        "A meal code on the phone sells, at full price."
    ),
    "refused.card_not_in_roster.next": _("Nothing is wrong with the card. With the network it sells as usual."),
    "refused.no_roster.word": _("No list of guests yet"),
    "refused.no_roster.what": _("This till has not been online since it was set up, so it knows nobody by itself."),
    "refused.no_roster.next": _("Take cash for now. As soon as the network is back the list comes by itself."),
    "refused.roster_over.word": _("The list of guests is over"),
    "refused.roster_over.what": _("It was made on %(on)s, and the till has not been online since."),
    "refused.roster_over.next": _("Take cash for now. As soon as the network is back the list comes by itself."),
    "refused.code_number.word": _("Digits need the network"),
    "refused.code_number.what": _(
        "Without the network the code itself can be checked, the digits below it cannot. "
        "Scan the code, or take the card."
    ),
    "refused.code_number.next": _("Nothing is wrong with the guest. The code or the card sells at once."),
    "refused.code_clock.word": _("The till's clock is in doubt"),
    "refused.code_clock.what": _("Whether a meal code is still good cannot be told now. Take the card."),
    "refused.code_clock.next": _("Cards sell as usual. The clock is set right as soon as the network is back."),
    "refused.unknown_over_limit.word": _("Too much for a guest who is not in the list"),
    "refused.unknown_over_limit.what": _(
        "The code is genuine, and the list does not have this guest. "
        "So large a bill, or so many of them, have to wait for the network."
    ),
    "refused.unknown_over_limit.next": _("Take cash for now, or sell the dishes that fit."),
    "refused.dish_not_in_roster.word": _("Dish not on the menu"),
    "refused.dish_not_in_roster.what": _("The till's menu does not have one of these dishes today."),
    "refused.dish_not_in_roster.next": _("Choose again on the right, then scan."),
    "refused.bill_too_large.word": _("Bill too large"),
    "refused.bill_too_large.what": _("A bill is at most %(yuan)s yuan."),
    "refused.bill_too_large.next": _("Check how many of each dish are chosen on the right, then scan."),
    "ask.till_locked.word": _("No subsidy by this till now"),
    "ask.till_locked.next": _("Tell the price before selling."),
    "ask.till_locked.revoked.next": _("This till was taken out of use. The canteen manager can set it up again."),
    "ask.till_locked.no_rules.next": _("The district has not published how far a till may go without the network."),
    "ask.till_locked.roster_old.next": _(
        "The list of guests is too old. It renews itself as soon as the network is back."
    ),
    "ask.till_locked.pending_sales.next": _("Too many sales wait to be sent. They go as soon as the network is back."),
    "ask.till_locked.pending_fen.next": _("Too much money waits to be sent. It goes as soon as the network is back."),
    "ask.till_locked.sale_at_most.next": _("Without the network so large a bill gets no subsidy."),
    "ask.not_in_roster.word": _("Guest not in the list"),
    "ask.not_in_roster.next": _("The code is genuine. Without the network the guest pays the full price in cash."),
}
