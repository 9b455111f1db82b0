"""What applications, disputes and findings keep of a person. The books keep numbers of persons, and nothing else."""

from app.personal_data import BLACKED, Data, Hold, PersonalData, audited, blacked, emptied, unsealed, year_only

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
        data=Data.PAPERS,
        table="application_step",
        of=f"application_id IN ({APPLICATIONS})",
        takes={**year_only("basis", "facts,birth_on"), **blacked("reason")},
    ),
    PersonalData(
        data=Data.PAPERS,
        table="application_ending",
        of=f"application_id IN ({APPLICATIONS})",
        takes=blacked("why", "reason"),
    ),
    PersonalData(
        data=Data.PAPERS,
        table="grant_correction",
        takes={**year_only("facts", "birth_on"), **blacked("why", "reason")},
    ),
    # Decisions are found by run and person.
    PersonalData(
        data=Data.IDENTITY,
        table="grant_decision",
        of="senior_id = :senior_id AND run_id IN (SELECT id FROM grant_run)",
        takes={"birth_on": "date_trunc('year', birth_on)::date"},
    ),
    PersonalData(
        data=Data.PAPERS, table="settlement_dispute", of="home = :senior_id", takes=blacked("reason", "answer")
    ),
    audited(Data.PAPERS, "application", APPLICATIONS),
    audited(Data.PAPERS, "finding", FINDINGS),
    PersonalData(
        data=Data.PAPERS, table="dispute", of="home = :senior_id", takes={**blacked("words"), **blacked("answer")}
    ),
    PersonalData(data=Data.PAPERS, table="finding_step", of=f"finding_id IN ({FINDINGS})", takes=blacked("words")),
)
# What is asked, doubted or owed is answered first, with all that could prove it.
HOLDS = (
    Hold(data=frozenset(Data) - {Data.SAFETY}, of="SELECT home FROM dispute WHERE state = 'open'"),
    Hold(
        data=frozenset(Data) - {Data.SAFETY},
        of="SELECT senior_id FROM finding WHERE senior_id IS NOT NULL AND state NOT IN ('dismissed', 'recovered')",
    ),
    Hold(
        data=frozenset(Data) - {Data.SAFETY},
        of="SELECT home FROM settlement_dispute WHERE state = 'open'",
    ),
    Hold(
        data=frozenset({Data.IDENTITY, Data.PAPERS, Data.RELATIVES}),
        of="SELECT home FROM ledger.book WHERE balance_fen > 0",
    ),
    Hold(
        data=frozenset({Data.IDENTITY, Data.PAPERS}),
        of="SELECT senior_id FROM grant_correction WHERE state IN ('draft', 'submitted')",
    ),
)
