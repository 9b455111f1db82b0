"""Items 13 to 21, the state of mind: orientation, memory, speech, behaviour, mood, waking. 28 points."""

from care_beds.assessment.standard import Group, number_items

ITEMS = number_items(
    Group.MIND,
    13,
    (
        (
            ("时间定向", "Sense of time"),
            ("知道年、月、日、星期和一天里的时候", "Knows year, month, date, weekday and time of day"),
            (
                ("年和月清楚，日期或星期最多差一天", "Year and month are clear, date or weekday off by one at most"),
                ("有些不清，年、月或星期分不全，差两天以上", "Somewhat unclear, off by two days or more"),
                ("年月不清，知道上半年、下半年或季节", "Not year or month, but the half of the year or the season"),
                ("只知道上午、下午或白天、夜里", "Only morning or afternoon, day or night"),
                ("没有时间概念", "No sense of time"),
            ),
        ),
        (
            ("空间定向", "Sense of place"),
            ("知道自己在哪里、住在哪里", "Knows where one is, and where one lives"),
            (
                ("能在平常活动的范围里单独出门", "Goes out alone around the home"),
                ("不能单独出门，说得准自己住的地址", "Not out alone, but tells the own address exactly"),
                ("不能单独出门，地址知道得多", "Not out alone, knows much of the address"),
                ("不能单独出门，地址知道得少", "Not out alone, knows little of the address"),
                ("没有空间概念", "No sense of place"),
            ),
        ),
        (
            ("人物定向", "Knowing people"),
            ("认得身边的人", "Recognises those around"),
            (
                ("一起生活的人都认得，叫得出，知道关系", "Knows all who live along, by name and relation"),
                ("大部分认得，叫得出或知道关系", "Knows most of them, by name or relation"),
                ("认得一部分同住的亲人或照护的人", "Knows some of the family or carers"),
                ("只认得自己，或极少几个人", "Knows only oneself or very few"),
                ("谁都不认得，包括自己", "Knows nobody, not oneself either"),
            ),
        ),
        (
            ("记忆", "Memory"),
            ("刚才、最近和从前的事", "What just was, what was lately, what was long ago"),
            (
                ("和年纪相当，想得起来", "As fits the age, remembers in full"),
                ("有些差，三个词过五分钟只想起一个或想不起", "Of three words recalls one or none after five minutes"),
                ("近事记不住，上一顿吃了什么说不出", "Not the last days: cannot say what the last meal was"),
                ("旧事也记不住，老朋友想不起", "Not long ago either: cannot recall old friends"),
                ("全乱了，或什么都想不对", "All confused, or nothing recalled rightly"),
            ),
        ),
        (
            ("理解能力", "Understanding"),
            ("听懂话、看懂手势，可以戴助听器", "Takes in words and signs, with a hearing aid if used"),
            (
                ("别人的话都能懂", "Understands what is said"),
                ("能懂，要多些时间", "Understands, with more time"),
                ("有困难，要反复说或说得简单", "With difficulty, after repeating or in simple words"),
                ("很困难，要人大量帮", "With great difficulty and much help"),
                ("完全不懂", "Not at all"),
            ),
        ),
        (
            ("表达能力", "Expressing oneself"),
            ("用话、手势或表情说出意思", "Makes oneself understood by words, signs or looks"),
            (
                ("想法说得清", "Says clearly what is meant"),
                ("需要说得出，要多些时间", "Says what is needed, with more time"),
                ("有困难，要反复说或说得简单", "With difficulty, repeating or in simple words"),
                ("很困难，要人大量帮", "With great difficulty and much help"),
                ("完全表达不了", "Not at all"),
            ),
        ),
        (
            ("攻击行为", "Aggression"),
            (
                "打、踢、推、咬、抓、摔东西，或骂人、威胁、尖叫，看近一个月",
                "Hitting, kicking, biting, throwing, or abuse, threats, screaming, in the past month",
            ),
            (("没有", "None"), ("近一个月有过", "There was in the past month")),
        ),
        (
            ("抑郁症状", "Low mood"),
            (
                "情绪低落、没兴趣、没力气，甚至妄想、幻觉、轻生，看近一个月",
                "Low spirits, no interest, no drive, even delusions or thoughts of suicide, in the past month",
            ),
            (("没有", "None"), ("近一个月有过", "There was in the past month")),
        ),
        (
            ("意识水平", "Waking"),
            (
                "对自己和周围有没有反应。昏迷的人，后面还要选“昏迷”",
                "Responds to oneself and surroundings. For a coma, also say so further on",
            ),
            (
                ("清醒，反应正常", "Clear, responds normally"),
                (
                    "嗜睡，叫得醒、能答话，不理会又睡；或意识模糊",
                    "Drowsy, wakes and answers, then sleeps again; or confused",
                ),
                (
                    "昏睡，重重推叫才醒一会儿；或昏迷",
                    "Wakes for a moment only when strongly roused; or in a coma",
                ),
            ),
        ),
    ),
)
