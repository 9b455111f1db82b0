"""What people keep of a person, and what takes its place."""

from app.personal_data import BLACKED, WORDLESS, Data, Hold, PersonalData, blacked, emptied, unsealed

OWN = "SELECT account_id FROM relative_link WHERE senior_id = :senior_id AND relation = 'self'"
# Relatives who are here for this person alone: nobody else's, and no staff.
KIN = """SELECT l.account_id FROM relative_link AS l WHERE l.senior_id = :senior_id AND l.relation <> 'self'
    AND NOT EXISTS (SELECT FROM relative_link AS o WHERE o.account_id = l.account_id AND o.senior_id <> l.senior_id
                       AND o.state IN ('requested', 'active'))
    AND NOT EXISTS (SELECT FROM role_grant AS g WHERE g.account_id = l.account_id
                       AND g.role NOT IN ('family', 'elder'))"""
TURNS = "turn_id IN (SELECT id FROM life_turn WHERE senior_id = :senior_id)"
CLOSED_ACCOUNT = {
    "username": "'gone-' || id",
    "name": f"'{BLACKED}'",
    "password_hash": ":secret",
    "disabled_at": "coalesce(disabled_at, now())",
    **emptied("phone_sealed", "phone_index"),
}


def _account_of(data: Data, whose: str) -> tuple[PersonalData, ...]:
    return (
        PersonalData(data=data, table="access_token", of=f"account_id IN ({whose})"),
        PersonalData(data=data, table="message_wish", of=f"account_id IN ({whose})"),
        PersonalData(
            data=data,
            table="audit_entry",
            of=f"account_id IN ({whose})",
            takes={**blacked("account_name"), "address": "''"},
        ),
        PersonalData(data=data, table="account", of=f"id IN ({whose})", takes=CLOSED_ACCOUNT),
    )


PERSONAL = (
    *_account_of(Data.IDENTITY, OWN),
    PersonalData(
        data=Data.IDENTITY,
        table="senior",
        of="id = :senior_id",
        takes={
            "name": f"'{BLACKED}'",
            "birth_on": "date_trunc('year', birth_on)::date",
            "id_number_index": ":random",
            "income_class": "'none'",
            **unsealed("id_number_sealed"),
            **emptied("phone_sealed", "phone_index", "address_sealed", "living_situation", "ability_level"),
        },
    ),
    PersonalData(
        data=Data.IDENTITY,
        table="card",
        of="senior_id = :senior_id AND state IN ('issued', 'lost')",
        takes={"state": "'cancelled'"},
    ),
    PersonalData(
        data=Data.IDENTITY,
        table="audit_entry",
        of="subject_kind = 'senior' AND subject_id = (:senior_id)::text",
        takes={**WORDLESS, **blacked("reason")},
    ),
    PersonalData(data=Data.CARE, table="senior_note", takes=unsealed("body_sealed")),
    PersonalData(data=Data.PAPERS, table="life_turn", takes=blacked("reason")),
    PersonalData(
        data=Data.PAPERS,
        table="life_turn_step",
        of=TURNS,
        takes=blacked("words"),
    ),
    PersonalData(data=Data.PAPERS, table="life_turn_undo", of=TURNS, takes=blacked("why", "reason")),
    PersonalData(data=Data.PAPERS, table="life_turn_claim", of=TURNS, takes=blacked("reason")),
    PersonalData(data=Data.PAPERS, table="turn_list_row", takes=emptied("name_sealed", "id_sealed")),
    *_account_of(Data.RELATIVES, KIN),
    PersonalData(data=Data.RELATIVES, table="look"),
    PersonalData(data=Data.RELATIVES, table="relative_link", takes={"name": "''", **blacked("end_reason")}),
)
# A turn that may have been a mistake keeps everything; spends that are claimed back, all that could prove them.
HOLDS = (
    Hold(
        data=frozenset(Data),
        of="SELECT t.senior_id FROM life_turn_undo AS u JOIN life_turn AS t ON t.id = u.turn_id"
        " WHERE u.state IN ('draft', 'submitted')",
    ),
    Hold(
        data=frozenset(Data) - {Data.SAFETY},
        of="SELECT t.senior_id FROM life_turn_claim AS c JOIN life_turn AS t ON t.id = c.turn_id"
        " WHERE c.state IN ('draft', 'submitted')",
    ),
)
