"""Items 1 to 8, self-care: eating, washing, dressing, control, the toilet. 32 points."""

from care_beds.assessment.standard import HELP, Group, number_items

ITEMS = number_items(
    Group.SELF_CARE,
    1,
    (
        (
            ("进食", "Eating"),
            ("用合适的餐具把饭菜送进嘴里，咽下去", "Brings food to the mouth with fitting tools, and swallows it"),
            (
                ("自己吃，不呛", "Eats alone, does not choke"),
                ("要人指点或提醒，或自己用辅具吃，不呛", "Needs prompting or uses an aid, does not choke"),
                (
                    "要人少量帮，或偶尔呛，一个月一次以上",
                    "Needs a little help, or chokes now and then, once a month or more",
                ),
                ("要人大量帮，或经常呛，一周一次以上", "Needs much help, or chokes often, once a week or more"),
                ("全靠喂，或咽不下，或插着营养管", "Is fed wholly, cannot swallow, or has a feeding tube"),
            ),
        ),
        (
            ("修饰", "Grooming"),
            ("洗脸、刷牙、梳头、刮脸、剪指甲和脚趾甲", "Face, teeth, hair, shaving, finger and toe nails"),
            HELP,
        ),
        (("洗澡", "Bathing"), ("洗净全身，擦干", "Washes the whole body and dries it"), HELP),
        (
            ("穿脱上衣", "Dressing the upper body"),
            ("穿、脱上身衣服，扣扣子，拉拉链", "Puts on and takes off what is worn above, with buttons and zips"),
            HELP,
        ),
        (
            ("穿脱裤子和鞋袜", "Dressing the lower body"),
            ("穿、脱裤子、袜子、鞋", "Puts on and takes off trousers, socks and shoes"),
            HELP,
        ),
        (
            ("小便控制", "Bladder control"),
            ("憋得住、排得出小便", "Holds and passes water"),
            (
                ("次数和控制都正常", "Both how often and how well are normal"),
                (
                    "白天正常，夜里次数多、控制差，或自己用尿垫",
                    "Normal by day, often or less controlled by night, or handles pads alone",
                ),
                (
                    "白天偶尔失禁，一周多于一次、不到每天，或用尿垫要人少量帮",
                    "Wet by day now and then, more than once a week but not daily, or needs a little help with pads",
                ),
                (
                    "白天大多控制不住，每天一次以上，夜里也失禁，或用尿垫要人大量帮",
                    "Mostly wet, once a day or more and by night, or needs much help with pads",
                ),
                ("完全控制不了，或插着导尿管", "No control at all, or a catheter"),
            ),
        ),
        (
            ("大便控制", "Bowel control"),
            ("憋得住、排得出大便", "Holds and passes stool"),
            (
                ("正常，自己能排", "Normal, passes stool alone"),
                (
                    "偶尔便秘或失禁，不到每周一次，或自己用开塞露、尿垫",
                    "Constipated or soiled now and then, less than weekly, or handles enemas and pads alone",
                ),
                (
                    "经常便秘或失禁，一周多于一次、不到每天，或用开塞露、尿垫要人少量帮",
                    "Often, more than once a week but not daily, or needs a little help with enemas and pads",
                ),
                (
                    "大多如此，每天一次以上，或用开塞露、尿垫要人大量帮",
                    "Mostly, once a day or more, or needs much help with enemas and pads",
                ),
                (
                    "严重便秘或完全失禁，排便和清洁全靠别人",
                    "Severe constipation or no control at all, others help with passing and cleaning",
                ),
            ),
        ),
        (
            ("如厕", "Using the toilet"),
            ("解开裤子，排完擦净，穿好裤子", "Undoes the clothes, cleans up afterwards, dresses again"),
            HELP,
        ),
    ),
)
