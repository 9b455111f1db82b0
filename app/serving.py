"""Whether this process goes on serving: answers without an end come to one when it is asked to stop."""

from collections.abc import Callable

_source: Callable[[], bool] = lambda: True  # noqa: E731 - the web server puts its own in its place


def is_serving() -> bool:
    """Say whether the process was not asked to stop yet."""
    return _source()


def set_source(source: Callable[[], bool]) -> Callable[[], bool]:
    """Let whoever runs the process say it, and return who said it before."""
    global _source  # one process, one server
    before, _source = _source, source
    return before
