"""Items 9 to 12, moving about: in bed, to the chair, on the flat, on stairs. 15 points."""

from care_beds.assessment.standard import HELP, Group, number_items

ITEMS = number_items(
    Group.MOVEMENT,
    9,
    (
        (("床上翻身和坐起", "Moving in bed"), ("躺着翻身、坐起来、躺下", "Turns over, sits up and lies down"), HELP),
        (
            ("床椅转移", "Bed to chair"),
            ("从坐到站，再从站到坐", "From sitting to standing, and back to sitting"),
            HELP,
        ),
        (
            ("平地行走", "Walking on the flat"),
            ("双脚交替走，可以有人扶或用辅具", "One foot before the other, with an aid or a hand if used"),
            (
                ("自己走 50 米左右，没有摔倒的危险", "About 50 metres alone, no risk of falling"),
                (
                    "能走 50 米左右，有摔倒的危险，要人看着，或用拐杖、助行器",
                    "About 50 metres at risk of falling, watched, or with a stick or frame",
                ),
                ("走路要人少量搀扶", "Needs a little support"),
                ("走路要人大量搀扶", "Needs much support"),
                ("完全走不了", "Cannot walk at all"),
            ),
        ),
        (
            ("上下楼梯", "Stairs"),
            ("双脚交替，连续上下 10 到 15 级台阶", "10 to 15 steps in one go, one foot after the other"),
            (
                ("自己上下，不用人帮", "Up and down without help"),
                ("要人在旁指点或提醒", "While somebody tells how or reminds"),
                ("要人搭把手，主要还靠自己", "Needs a hand, does most of it"),
                ("主要靠别人，或上下不了", "Others do most of it, or not at all"),
            ),
        ),
    ),
)
