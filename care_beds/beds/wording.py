"""The words of beds for readers of the audit log."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from care_beds.beds.words import STEP_NAMES

AUDIT_WORDS: Mapping[str, Any] = {
    **{f"bed.{step}": word for step, word in STEP_NAMES.items()},
    "bed.plan_changed": _l("Care plan changed"),
    "bed.agreement_drawn_up": _l("Agreement drawn up"),
    "bed.agreement_taken_back": _l("Agreement taken back"),
    "bed.signed": _l("Agreement signed"),
    "bed.item_wanted": _l("Change to the home added"),
    "bed.item_done": _l("Change to the home done"),
    "bed.item_waived": _l("Change to the home left out"),
    "bed.device_installed": _l("Device installed"),
    "bed.device_tested": _l("Device tested"),
    "bed.device_waived": _l("Device left out"),
    "bed.device_gone": _l("Device out of the home"),
    "bed.proposed": _l("Next step for a bed proposed"),
    "reveal.bed_address": _l("Saw the address of a bed"),
    "field.cost_fen": _l("Cost"),
    "field.serial": _l("Serial number"),
}
