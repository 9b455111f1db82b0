"""What seals hand to the feature."""

from collections.abc import Mapping
from typing import Any

from subsidies.seals.commands import seal_ledger

# They join the group of the ledger's commands when they are defined.
LEDGER_COMMANDS = (seal_ledger,)
TASKS = ("subsidies.seals.tasks",)
SCHEDULE: Mapping[str, Mapping[str, Any]] = {"subsidies.seal_books": {"schedule": 60.0}}
