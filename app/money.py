"""Money is integer fen (1/100 yuan; one point is 100 fen); this is the one place that divides it."""

from collections.abc import Sequence

FEN_PER_YUAN = 100


def allocate(total_fen: int, weights: Sequence[int], remainder_to: int) -> list[int]:
    """Split an amount by weights, exactly.

    Each part is rounded down to a whole fen; what is left goes to the part with index ``remainder_to``,
    so that the parts always add up to ``total_fen``.

    :raises ValueError: if an amount or weight is negative, or the weights are all zero
    """
    if total_fen < 0 or min(weights, default=-1) < 0 or sum(weights) == 0:
        raise ValueError("allocate needs an amount and weights that are not negative, and one weight above zero")
    whole = sum(weights)
    parts = [total_fen * weight // whole for weight in weights]
    parts[remainder_to] += total_fen - sum(parts)
    return parts


def percent(amount_fen: int, share_percent: int) -> int:
    """Take a whole percentage of an amount that is not negative, half a fen rounded up."""
    return (amount_fen * share_percent * 2 + 100) // 200


def yuan(amount_fen: int) -> str:
    """Write fen as yuan with two decimals, without unit: ``12650`` is ``126.50``."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // FEN_PER_YUAN}.{abs(amount_fen) % FEN_PER_YUAN:02d}"
