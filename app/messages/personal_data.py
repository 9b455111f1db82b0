"""What being told keeps of a person."""

from app.personal_data import Data, PersonalData

ABOUT = "SELECT id FROM notice WHERE senior_id = :senior_id"
PERSONAL = (
    PersonalData(data=Data.RELATIVES, table="message_delivery", of=f"notice_id IN ({ABOUT})"),
    PersonalData(data=Data.RELATIVES, table="notice"),
)
