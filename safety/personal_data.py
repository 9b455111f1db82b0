"""What safety at home keeps of a person: its rhythm and events go, that and when an alarm was answered stays."""

from app.personal_data import BLACKED, Data, Hold, PersonalData, audited, blacked, emptied, no_json, unsealed

HOMES = "SELECT id FROM safety_home WHERE senior_id = :senior_id"
INCIDENTS = "SELECT id FROM safety_incident WHERE senior_id = :senior_id"


def _of_home(table: str, takes: dict[str, str], data: Data = Data.SAFETY) -> PersonalData:
    return PersonalData(data=data, table=table, of=f"home_id IN ({HOMES})", takes=takes)


def _of_incident(table: str, takes: dict[str, str], more: str = "") -> PersonalData:
    return PersonalData(data=Data.SAFETY, table=table, of=f"incident_id IN ({INCIDENTS}){more}", takes=takes)


PERSONAL = (
    _of_home("safety_event", {}),
    _of_home("safety_home_state", {}),
    _of_home("safety_home_setting", blacked("words", "reason")),
    _of_home("safety_kit_step", {**blacked("words"), **no_json("detail")}),
    PersonalData(
        data=Data.SAFETY,
        table="safety_home",
        takes={
            **emptied("address_sealed", "way_in_sealed", "illnesses_sealed", "medicines_sealed", "health_agreed_on"),
            **blacked("instructions", "end_words"),
        },
    ),
    _of_incident("safety_note", blacked("words")),
    _of_incident("safety_step", blacked("words", "target")),
    _of_incident("safety_call", {"name": f"'{BLACKED}'"}),
    PersonalData(
        data=Data.SAFETY, table="safety_incident", takes=blacked("arrived_who", "closing_words", "shelved_reason")
    ),
    PersonalData(data=Data.SAFETY, table="safety_request", takes=blacked("words")),
    _of_home("safety_contact", {"name": f"'{BLACKED}'", **unsealed("phone_sealed")}, Data.RELATIVES),
    audited(Data.SAFETY, "safety_home", HOMES),
    audited(Data.SAFETY, "safety_incident", INCIDENTS),
    audited(Data.SAFETY, "safety_request", "SELECT id FROM safety_request WHERE senior_id = :senior_id"),
)
# A kit that still hangs in a home, and an alarm that nobody closed.
HOLDS = (
    Hold(
        data=frozenset({Data.IDENTITY, Data.SAFETY, Data.RELATIVES}),
        of="SELECT senior_id FROM safety_home WHERE state <> 'ended'",
    ),
    Hold(
        data=frozenset({Data.IDENTITY, Data.SAFETY, Data.RELATIVES}),
        of="SELECT senior_id FROM safety_incident WHERE state <> 'closed' AND senior_id IS NOT NULL",
    ),
)
