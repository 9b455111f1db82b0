"""Lists that are made once for all desks of a process: of thirty that hear of a change, one asks the database."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

# So many pairs of places and languages are kept; a bureau has a handful.
MOST = 64


@dataclass
class KeptLists:
    """Pages by who may see them, each good until something changes."""

    pages: OrderedDict[Hashable, tuple[str, str]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, mark: str, make: Callable[[], str]) -> str:
        """Return the page of a mark; who comes while it is made waits for it and makes none."""
        with self.lock:
            kept = self.pages.get(key)
            if kept is None or kept[0] != mark:
                kept = mark, make()
                self.pages[key] = kept
                self.pages.move_to_end(key)
                while len(self.pages) > MOST:
                    self.pages.popitem(last=False)
            return kept[1]
