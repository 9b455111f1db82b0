"""What visiting care keeps of a person: that somebody was visited stays, why and what was said goes."""

from app.personal_data import Data, PersonalData, blacked, no_json

PERSONAL = (
    PersonalData(data=Data.CARE, table="outreach_risk"),
    PersonalData(data=Data.CARE, table="outreach_score", takes=no_json("reasons", empty="[]")),
    PersonalData(data=Data.CARE, table="outreach_change", takes=blacked("words")),
    PersonalData(data=Data.CARE, table="outreach_visit", takes=blacked("words")),
    PersonalData(data=Data.CARE, table="outreach_problem", takes=blacked("words", "closing_words")),
    PersonalData(data=Data.CARE, table="outreach_referral", takes=blacked("words", "outcome")),
)
