"""How great a senior's risk is, how often it asks for a visit, and by when: pure."""

from enum import StrEnum


class Band(StrEnum):
    """How great a risk is: 红, 橙, 黄, as Haining names them, and none of these."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    NONE = "none"
