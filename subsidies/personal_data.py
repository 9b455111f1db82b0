"""What applications, disputes and findings keep of a person. The books keep numbers of persons, and nothing else."""

from app.personal_data import BLACKED, Data, PersonalData, blacked, emptied, unsealed

APPLICATIONS = "SELECT id FROM allowance_application WHERE senior_id = :senior_id"
FINDINGS = "SELECT id FROM finding WHERE senior_id = :senior_id"
PERSONAL = (
    PersonalData(
        data=Data.PAPERS,
        table="allowance_application",
        takes={**emptied("applicant_sealed", "phone_sealed"), **blacked("note")},
    ),
    PersonalData(
        data=Data.PAPERS,
        table="application_document",
        of=f"application_id IN ({APPLICATIONS})",
        takes={"title": f"'{BLACKED}'", **unsealed("content_sealed")},
    ),
    PersonalData(
        data=Data.PAPERS, table="application_step", of=f"application_id IN ({APPLICATIONS})", takes=blacked("reason")
    ),
    PersonalData(
        data=Data.PAPERS, table="dispute", of="home = :senior_id", takes={**blacked("words"), **blacked("answer")}
    ),
    PersonalData(data=Data.PAPERS, table="finding_step", of=f"finding_id IN ({FINDINGS})", takes=blacked("words")),
)
