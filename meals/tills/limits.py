"""Whether a sale kept within what a till may do by itself, and came before its month was closed."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from meals.sale import Priced
from meals.tills.conflicts import Conflict
from meals.tills.door import Device
from meals.tills.roster import version_moment
from meals.tills.rules import NUMBERS_LOOKED_AT, TillRules, is_roster_old
from meals.tills.sent import SentSale
from subsidies.queries import settlement

# What waited in the till when this sale was made: sold before it, and come after it.
WAITED = text(
    """
    SELECT count(*) AS sales, coalesce(sum(price_fen), 0)::bigint AS fen FROM till_upload
     WHERE device_id = :device AND seq < :seq AND seq >= :seq - :numbers AND kind = 'sale' AND is_offline
       AND said_at <= :said AND received_at > :said
    """
)


def find_outlived(sent: SentSale, device: Device) -> list[Conflict]:
    """Name a subsidy that a device gave after it was taken out of use: stolen, or too long without the server."""
    if device.revoked_at is None or not sent.quote.shares or sent.occurred_at <= device.revoked_at:
        return []
    return [{"code": "device_revoked"}]


def limit_conflicts(
    session: Session, sent: SentSale, priced: Priced, *, device: Device, rules: TillRules | None, at: datetime
) -> list[Conflict]:
    """Name the limits that a sale went beyond."""
    assert priced.opening.canteen is not None
    merchant = priced.opening.canteen["merchant_account"]
    frozen = settlement.is_frozen(session, merchant=merchant, on=priced.meal_on)
    found: list[Conflict] = [{"code": "period_closed"}] if frozen else []
    if rules is None or not sent.is_offline:
        return found
    price_fen = sent.quote.price_fen
    if price_fen > rules.sale_at_most_fen:
        found.append({"code": "over_sale_limit", "fen": price_fen, "at_most_fen": rules.sale_at_most_fen})
    if sent.quote.shares and is_roster_old(version_moment(sent.roster_version or ""), at=at, rules=rules):
        found.append({"code": "roster_old", "hours": rules.roster_hours})
    asked = {"device": device.id, "seq": sent.seq, "numbers": NUMBERS_LOOKED_AT, "said": sent.occurred_at}
    waited = session.execute(WAITED, asked).one()
    if waited.sales + 1 > rules.pending_sales:
        found.append({"code": "over_pending_sales", "sales": waited.sales + 1, "at_most": rules.pending_sales})
    if waited.fen + price_fen > rules.pending_fen:
        found.append({"code": "over_pending_sum", "fen": waited.fen + price_fen, "at_most_fen": rules.pending_fen})
    return found
