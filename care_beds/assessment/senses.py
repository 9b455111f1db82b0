"""Items 22 to 26, senses and taking part: sight, hearing, daily affairs, transport, company. 15 points."""

from care_beds.assessment.standard import Group, number_items

ITEMS = number_items(
    Group.SENSES,
    22,
    (
        (
            ("视力", "Sight"),
            ("戴着平时的眼镜看", "With the usual glasses on"),
            (
                ("正常", "Normal"),
                (
                    "看得清大字，看不清书报上的小字；或大标题也看不清，认得出东西",
                    "Reads large print but not a newspaper; or not even headlines, yet tells things apart",
                ),
                ("只看到光、颜色和影子，或看不见", "Sees only light, colours and shapes, or nothing"),
            ),
        ),
        (
            ("听力", "Hearing"),
            ("戴着平时的助听器听", "With the usual hearing aid on"),
            (
                ("正常", "Normal"),
                (
                    "轻声或两米外听不清；或要安静、大声说才听得到",
                    "Not low voices or beyond two metres; or only in quiet or when spoken to loudly",
                ),
                ("大声慢慢说也只听到一部分，或听不见", "Only parts of slow, loud speech, or nothing"),
            ),
        ),
        (
            ("日常事务", "Daily affairs"),
            ("安排并做完洗衣、小买卖、按时吃药这类事", "Plans and does washing, small shopping, taking medicine"),
            (
                ("自己安排，自己做完", "Plans and does it all alone"),
                ("要人看着或指点", "While somebody watches or tells how"),
                ("要人少量帮", "With a little help"),
                ("要人大量帮", "With much help"),
                ("全靠别人", "Others do it all"),
            ),
        ),
        (
            ("乘车外出", "Using transport"),
            ("骑车、坐公交地铁、打车出门", "Goes out by bicycle, bus, metro or taxi"),
            (
                ("自己骑车或坐公交", "Alone by bicycle or bus"),
                ("能自己打车，不会坐别的车", "Alone by taxi, but by nothing else"),
                ("有人陪着能坐公交", "By bus when somebody comes along"),
                ("要人帮着坐出租车或私家车，或出不了门", "By car with help only, or not at all"),
            ),
        ),
        (
            ("社会交往", "Company"),
            ("待人接物，和别人来往", "Dealing with others"),
            (
                ("能适应周围，待人得当", "At home among people, behaves fittingly"),
                (
                    "能适应简单的环境，会主动来往，话里的话听不懂",
                    "Manages in simple settings, seeks company, misses what is meant between the lines",
                ),
                (
                    "不主动来往，说话常不得当，容易上当",
                    "Does not seek company, often says the wrong thing, is easily cheated",
                ),
                ("勉强来往，说不清楚，表情不合适", "Barely, speaks unclearly, looks do not fit"),
                ("不能和人来往", "Not at all"),
            ),
        ),
    ),
)
