"""What meals keep of a person. Sales keep amounts, and the facts that decided them."""

from app.personal_data import Data, PersonalData, audited, blacked, emptied

DELIVERIES = "SELECT id FROM delivery WHERE senior_id = :senior_id"
PERSONAL = (
    PersonalData(
        data=Data.MEALS,
        table="delivery",
        takes={
            **emptied("address_sealed", "note_sealed"),
            "receiver_sealed": "CASE WHEN receiver_sealed IS NOT NULL THEN :nothing ::bytea END",
        },
    ),
    PersonalData(data=Data.MEALS, table="delivery_try", of=f"delivery_id IN ({DELIVERIES})", takes=blacked("words")),
    PersonalData(
        data=Data.MEALS,
        table="checkout_fetch",
        of="home = :senior_id",
        takes={
            "name_sealed": "CASE WHEN name_sealed IS NOT NULL THEN :nothing ::bytea END",
            "name_index": "CASE WHEN name_index IS NOT NULL THEN :random ::bytea END",
            **blacked("words"),
        },
    ),
    audited(Data.MEALS, "delivery", DELIVERIES),
    audited(Data.MEALS, "checkout", "SELECT id FROM checkout WHERE home = :senior_id"),
)
