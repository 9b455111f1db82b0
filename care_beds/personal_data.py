"""What care at home keeps of a person. Levels, visits and amounts stay; answers, words, places and names go."""

from app.personal_data import Data, Hold, PersonalData, audited, blacked, emptied, no_json, unsealed

ASSESSMENTS = "SELECT id FROM assessment WHERE senior_id = :senior_id"
BEDS = "SELECT id FROM care_bed WHERE senior_id = :senior_id"
VISITS = "SELECT id FROM care_visit WHERE senior_id = :senior_id"
LATE = f"SELECT id FROM late_visit WHERE visit_id IN ({VISITS})"  # noqa: S608
AGREEMENTS = f"SELECT id FROM bed_agreement WHERE bed_id IN ({BEDS})"  # noqa: S608


def _of(table: str, of: str, takes: dict[str, str]) -> PersonalData:
    return PersonalData(data=Data.CARE, table=table, of=of, takes=takes)


def _of_bed(table: str, takes: dict[str, str]) -> PersonalData:
    return _of(table, f"bed_id IN ({BEDS})", takes)


def _of_visit(table: str, takes: dict[str, str]) -> PersonalData:
    return _of(table, f"visit_id IN ({VISITS})", takes)


PERSONAL = (
    # The informant's name first: what is signed may not be signed anew.
    _of(
        "assessment_signature",
        f"assessment_id IN ({ASSESSMENTS}) AND name_sealed IS NOT NULL",
        unsealed("name_sealed"),
    ),
    PersonalData(
        data=Data.CARE,
        table="assessment",
        takes={
            **no_json("answers", "circumstances", "noted"),
            **emptied("risk_counts", "group_points", "total"),
            **blacked("reason_words", "dropped_words", "document_number"),
        },
    ),
    PersonalData(data=Data.CARE, table="risk_event", takes=blacked("words")),
    PersonalData(data=Data.CARE, table="outside_level", takes=blacked("document_number", "withdrawn_words")),
    PersonalData(
        data=Data.CARE,
        table="care_bed",
        takes={**emptied("address_sealed", "lat", "lon", "applicant_sealed", "phone_sealed"), **blacked("note")},
    ),
    _of_bed("bed_survey", {**blacked("words"), **emptied("lat", "lon"), **no_json("hazards", empty="[]")}),
    _of("bed_signature", f"agreement_id IN ({AGREEMENTS}) AND party = 'senior'", unsealed("name_sealed")),
    _of_bed("bed_agreement", blacked("words")),
    _of_bed("bed_step", {**blacked("words"), **no_json("detail")}),
    _of_bed("bed_suspension", blacked("words")),
    _of_bed("bed_device", blacked("words")),
    _of_bed("bed_adaptation", blacked("words")),
    PersonalData(data=Data.CARE, table="care_plan", takes={**emptied("note_sealed"), **blacked("words")}),
    PersonalData(data=Data.CARE, table="care_visit", takes={**emptied("vitals"), **blacked("words")}),
    _of_visit("visit_mark", {**emptied("lat", "lon"), **blacked("words")}),
    _of_visit("visit_exception", blacked("words")),
    _of_visit("visit_objection", blacked("words", "answer")),
    _of_visit("visit_rating", blacked("words")),
    _of_visit("late_visit", blacked("words")),
    _of("late_mark", f"late_id IN ({LATE})", {**no_json("facts"), **emptied("vitals")}),
    PersonalData(data=Data.CARE, table="visit_gap", takes=blacked("words")),
    PersonalData(data=Data.CARE, table="carer_kin"),
    _of_bed("bed_construction", blacked("reason")),
    _of_bed("bed_payback", blacked("reason")),
    PersonalData(data=Data.CARE, table="bed_month", takes=blacked("reversal_reason")),
    PersonalData(data=Data.CARE, table="visit_payment", takes=blacked("reversal_reason")),
    audited(Data.CARE, "assessment", ASSESSMENTS),
    audited(Data.CARE, "bed", BEDS),
    audited(Data.CARE, "care_bed", BEDS),
    audited(Data.CARE, "care_visit", VISITS),
    audited(Data.CARE, "care_plan", "SELECT id FROM care_plan WHERE senior_id = :senior_id"),
    audited(Data.CARE, "visit_gap", "SELECT id FROM visit_gap WHERE senior_id = :senior_id"),
)
# A bed whose equipment is still to be fetched, and what a family objects to.
HOLDS = (
    Hold(
        data=frozenset({Data.IDENTITY, Data.CARE, Data.RELATIVES, Data.PHOTOS}),
        of="SELECT senior_id FROM care_bed WHERE state NOT IN ('closed', 'refused', 'withdrawn')",
    ),
    Hold(
        data=frozenset({Data.IDENTITY, Data.CARE, Data.RELATIVES, Data.PHOTOS}),
        of="SELECT v.senior_id FROM visit_objection AS o JOIN care_visit AS v ON v.id = o.visit_id"
        " WHERE o.state = 'open'",
    ),
    Hold(
        data=frozenset({Data.IDENTITY, Data.CARE, Data.RELATIVES}),
        of="SELECT b.senior_id FROM bed_payback AS p JOIN care_bed AS b ON b.id = p.bed_id"
        " WHERE p.state IN ('draft', 'submitted')",
    ),
)
