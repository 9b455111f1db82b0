"""The steps of a bed's life, one function each."""

from care_beds.beds.agreeing import Signer, draw_up, sign, sign_as_family, take_back
from care_beds.beds.applying import Applicant, apply, apply_as_family, refuse, withdraw
from care_beds.beds.building import (
    accept,
    finish_building,
    finish_item,
    install,
    keep_before,
    record_test,
    send_back,
    waive_device,
    waive_item,
    want_item,
)
from care_beds.beds.doors import open_door
from care_beds.beds.ending import clear, close, take_out
from care_beds.beds.preparing import (
    Survey,
    adopt_plan,
    choose_provider,
    reassess,
    record_survey,
    take_over_assessment,
)
from care_beds.beds.proposing import propose_steps
from care_beds.beds.serving import move, resume, start, suspend

__all__ = [
    "Applicant",
    "Signer",
    "Survey",
    "accept",
    "adopt_plan",
    "apply",
    "apply_as_family",
    "choose_provider",
    "clear",
    "close",
    "draw_up",
    "finish_building",
    "finish_item",
    "install",
    "keep_before",
    "move",
    "open_door",
    "propose_steps",
    "reassess",
    "record_survey",
    "record_test",
    "refuse",
    "resume",
    "send_back",
    "sign",
    "sign_as_family",
    "start",
    "suspend",
    "take_back",
    "take_out",
    "take_over_assessment",
    "waive_device",
    "waive_item",
    "want_item",
    "withdraw",
]
