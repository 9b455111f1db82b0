"""What seals hand to the feature."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from subsidies.seals import api, pages
from subsidies.seals.commands import export, seal_ledger

# They join the group of the ledger's commands when they are defined.
LEDGER_COMMANDS = (seal_ledger, export)
API = (api.blueprint,)
PAGES = (pages.blueprint,)
TASKS = ("subsidies.seals.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {"subsidies.seal_books": {"schedule": 60.0}}
AUDIT_WORDS: Mapping[str, Any] = {"ledger.exported": _l("Exported the ledger")}
