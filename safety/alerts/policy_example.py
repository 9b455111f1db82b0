"""The product's own ladders: what holds where nobody has published a document, so that its absence costs no alarm.

The times follow the chains that were found in practice (call-back, relatives, grid worker, street), the targets of
answering and attending those of British telecare (TSA, as MASCOT reports them); a bureau confirms or changes both.
"""

from collections.abc import Mapping
from typing import Any

# What may end by itself when all is well again. Nothing of life and death: there somebody must have answered.
CLEARS = (
    "quiet",
    "bathroom",
    "door_open",
    "door_night",
    "not_home",
    "water_stopped",
    "water_running",
    "no_meal",
    "device_silent",
    "low_battery",
    "tamper",
    "door_stuck",
    "gateway_silent",
)
DANGER_STEPS = [
    {"ask": "callback", "after_seconds": 15, "tells": "unanswered"},
    {"ask": "operator", "after_seconds": 60, "tells": "unanswered"},
    {"ask": "contact", "nth": 1, "after_seconds": 180, "tells": "unanswered"},
    {"ask": "contact", "nth": 2, "after_seconds": 210, "tells": "unanswered"},
    {"ask": "neighbour", "nth": 1, "after_seconds": 240, "tells": "unanswered"},
    {"ask": "grid_worker", "after_seconds": 300, "tells": "always"},
    {"ask": "street", "after_seconds": 600, "tells": "always"},
    {"ask": "120", "tells": "never"},
    {"ask": "119", "tells": "never"},
    {"ask": "110", "tells": "never"},
]
# Where it burns or gas leaks nobody is rung at home first: whoever can turn the tap off is asked sooner.
FIRE_STEPS = [
    {"ask": "callback", "after_seconds": 5, "tells": "unanswered"},
    {"ask": "operator", "after_seconds": 30, "tells": "unanswered"},
    {"ask": "neighbour", "nth": 1, "after_seconds": 90, "tells": "unanswered"},
    {"ask": "contact", "nth": 1, "after_seconds": 120, "tells": "unanswered"},
    {"ask": "grid_worker", "after_seconds": 180, "tells": "always"},
    {"ask": "street", "after_seconds": 300, "tells": "always"},
    {"ask": "119", "tells": "never"},
    {"ask": "120", "tells": "never"},
    {"ask": "110", "tells": "never"},
]
LOOK_STEPS = [
    {"ask": "callback", "after_seconds": 60, "tells": "unanswered"},
    {"ask": "operator", "after_seconds": 300, "tells": "unanswered"},
    {"ask": "contact", "nth": 1, "after_seconds": 900, "tells": "unanswered"},
    {"ask": "contact", "nth": 2, "after_seconds": 1080, "tells": "unanswered"},
    {"ask": "grid_worker", "after_seconds": 1500, "tells": "unanswered"},
    {"ask": "street", "after_seconds": 2700, "tells": "unanswered"},
    {"ask": "120", "tells": "never"},
    {"ask": "119", "tells": "never"},
    {"ask": "110", "tells": "never"},
]
EXAMPLE: Mapping[str, Any] = {
    "ladders": [
        {
            "name": "fire",
            "priority": 1,
            "rules": ["smoke", "gas"],
            "steps": FIRE_STEPS,
            "repeat_minutes": 5,
            "contact_rounds": 3,
        },
        {"name": "danger", "priority": 1, "steps": DANGER_STEPS, "repeat_minutes": 10, "contact_rounds": 3},
        {"name": "look", "priority": 2, "steps": LOOK_STEPS, "repeat_minutes": 30, "contact_rounds": 2},
    ],
    "idle_minutes": {"p1": 3, "p2": 15, "p3": 4320},
    "coming_minutes": 20,
    "shelve_minutes": {"p2": 240, "p3": 10080},
    "clears": list(CLEARS),
    "settle_minutes": 30,
    "tell_family": {"p1": ["raised", "attended", "closed"], "p2": ["raised", "closed"], "p3": []},
    "reopen_hours": 24,
    "answered": [{"seconds": 60, "permille": 975}, {"seconds": 180, "permille": 990}],
    "attended": [{"seconds": 2700, "permille": 900}, {"seconds": 3600, "permille": 1000}],
    "results": [
        {"code": "coming", "name": {"zh": "接了，他去看", "en": "Answered, goes there"}, "means": "coming"},
        {"code": "well", "name": {"zh": "接了，人没事", "en": "Answered, all is well"}, "means": "well"},
        {"code": "help", "name": {"zh": "接了，要帮忙", "en": "Answered, needs help"}, "means": "help"},
        {"code": "no_answer", "name": {"zh": "没接", "en": "No answer"}, "means": "none"},
        {"code": "busy", "name": {"zh": "占线", "en": "Engaged"}, "means": "none"},
        {"code": "wrong_number", "name": {"zh": "号码不对", "en": "Wrong number"}, "means": "none"},
        {"code": "cannot_come", "name": {"zh": "接了，来不了", "en": "Answered, cannot come"}, "means": "none"},
        {"code": "called", "name": {"zh": "已报，正在赶来", "en": "Called, on the way"}, "means": "coming"},
        {"code": "told", "name": {"zh": "已通知", "en": "Told"}, "means": "told"},
    ],
    "outcomes": [
        {
            "code": "rescued",
            "name": {"zh": "救助成功", "en": "Rescued"},
            "group": "rescued",
            "needs_arrival": True,
            "needs_follow_up": True,
        },
        {
            "code": "hospital",
            "name": {"zh": "送医", "en": "Taken to hospital"},
            "group": "rescued",
            "needs_arrival": True,
            "needs_follow_up": True,
        },
        {
            "code": "danger_removed",
            "name": {"zh": "排除险情", "en": "Danger removed"},
            "group": "helped",
            "needs_arrival": True,
        },
        {
            "code": "helped",
            "name": {"zh": "上门帮了忙", "en": "Helped at home"},
            "group": "helped",
            "needs_arrival": True,
        },
        {"code": "well", "name": {"zh": "联系上，人没事", "en": "Reached, all is well"}, "group": "well"},
        {"code": "false_alarm", "name": {"zh": "误报", "en": "False alarm"}, "group": "false_alarm"},
        {"code": "device_mended", "name": {"zh": "设备已处理", "en": "Device mended"}, "group": "device"},
        {"code": "recovered", "name": {"zh": "自行恢复", "en": "Recovered by itself"}, "group": "device"},
        {"code": "test", "name": {"zh": "测试", "en": "Test"}, "group": "test"},
    ],
    "causes": [
        {"code": "pressed_by_mistake", "name": {"zh": "误按", "en": "Pressed by mistake"}},
        {"code": "pet_or_child", "name": {"zh": "宠物或孩子碰到", "en": "Pet or child"}},
        {"code": "away", "name": {"zh": "外出没说", "en": "Away without a word"}},
        {"code": "slept_long", "name": {"zh": "睡得久", "en": "Slept long"}},
        {"code": "cooking", "name": {"zh": "做饭油烟、烧糊", "en": "Cooking smoke"}},
        {"code": "renovation", "name": {"zh": "装修", "en": "Renovation"}},
        {"code": "cleaning", "name": {"zh": "打扫卫生", "en": "Cleaning"}},
        {"code": "device_fault", "name": {"zh": "设备故障", "en": "Device fault"}},
        {"code": "badly_placed", "name": {"zh": "设备位置不对", "en": "Badly placed device"}},
        {"code": "other", "name": {"zh": "其他", "en": "Other"}},
    ],
    "silent_seconds": {"scheduler": 60, "keeper": 15, "listener": 60, "sweep": 120},
    "remind_minutes": 30,
    "desk_silent_minutes": 3,
    "unanswered": {"every_minutes": 30, "most": 12},
}
