"""What is refused in shops."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, Forbidden, Invalid, NotFound, Refused


class ShopNotFound(NotFound):
    """There is no such shop, or the caller may not know of it."""

    code = "shop_not_found"
    detail = _l("There is no such shop, or it lies outside your area.")


class ArticleNotFound(NotFound):
    """There is no such article in the shop."""

    code = "article_not_found"
    detail = _l("There is no such article in this shop.")


class ShopSaleNotFound(NotFound):
    """There is no such basket in the caller's shops."""

    code = "shop_sale_not_found"
    detail = _l("There is no such sale in your shops.")


class ShopCodeTaken(Conflict):
    """Another shop has this code."""

    code = "shop_code_taken"
    detail = _l("Another shop has this code. Choose another.")


class ArticleCodeTaken(Conflict):
    """Another article of the shop has this code."""

    code = "article_code_taken"
    detail = _l("Another article of this shop has this code.")


class TooManyArticles(Refused):
    """The shop's shelves hold no more articles."""

    code = "too_many_articles"
    detail = _l("This shop has as many articles as a till can show. Withdraw one that is not sold any more.")


class PriceWaits(Conflict):
    """A price of the article waits for its second signature."""

    code = "price_waits"
    detail = _l("A price of this article waits for a second signature. Let it be decided first.")


class TradingBarred(Conflict):
    """The shop ended, or was never taken in."""

    code = "shop_ended"
    detail = _l("This shop has ended, or was not taken in. Take it into the register anew.")


class OutsideOwnShop(Forbidden):
    """The caller does not work in the shop."""

    code = "outside_own_shop"
    detail = _l("You do not work in this shop.")


class BasketRefused(Invalid):
    """The basket has a fault that has nothing to do with whose it is."""

    code = "basket_refused"


class ShopClosed(Refused):
    """The shop may not sell: not taken in, suspended, ended, or its agreement has run out."""

    code = "shop_closed"
    detail = _l("This shop may not take points now: it is suspended, or its agreement has run out.")


class NoPurse(Refused):
    """No purse pays in shops of this sort here."""

    code = "no_purse"
    detail = _l("No purse pays in shops of this sort here. The street office publishes its rules.")


class CardUnknown(Declined):
    """The card is none of ours."""

    code = "card_unknown"
    detail = _l("This is no card of ours. Try again, or type its 19 digits.")


class CardBarred(Declined):
    """The card was lost, replaced or cancelled."""

    code = "card_barred"
    detail = _l("This card does not pay any more. Ask for the new one.")


class CodesNotHere(Declined):
    """A payment code was shown where only cards pay."""

    code = "codes_not_here"
    detail = _l("Codes on a phone pay for meals only. Ask for the card.")


class PersonBarred(Declined):
    """Nothing is sold to this person now."""

    code = "person_barred"
    detail = _l("This card is blocked. Ask the street office before anything is handed over.")


class CategoryForbidden(Declined):
    """Points of this purse do not pay for an article."""

    code = "category_forbidden"
    detail = _l("Points do not pay for one of these articles.")


class LimitReached(Declined):
    """A limit stands against the basket."""

    code = "limit_reached"
    detail = _l("This is more than one person may have for points in the period. Take something out.")


class PointsShort(Declined):
    """There are not enough points of this purse."""

    code = "points_short"
    detail = _l("There are not enough points for this basket. Take something out.")


class SoldOut(Declined):
    """There is not enough of an article in stock."""

    code = "sold_out"
    detail = _l("There is not so much of one article left. Take something out.")


class ReturnTooLate(Refused):
    """The days for returns are over."""

    code = "return_too_late"
    detail = _l("The days in which this purse takes articles back are over.")


class NothingLeft(Refused):
    """More comes back than is out."""

    code = "nothing_left"
    detail = _l("So many pieces were not sold, or they came back before.")


REFUSALS = {
    refusal.code: refusal
    for refusal in (
        CardUnknown,
        CardBarred,
        CodesNotHere,
        PersonBarred,
        CategoryForbidden,
        LimitReached,
        PointsShort,
        SoldOut,
    )
}
