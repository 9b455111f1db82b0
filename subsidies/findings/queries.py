"""Everything that can be read of findings: lists, one with its rows and history, rates, runs."""

from subsidies.findings.reading import (
    FindingFilter,
    FindingLine,
    Page,
    StepLine,
    count_open,
    find_earlier_parts,
    get_finding,
    list_findings,
    list_findings_of,
    list_sources,
    list_steps,
)
from subsidies.findings.settled import find_settled
from subsidies.findings.tallies import CheckTally, RunView, find_last_run, get_run, list_runs, tally_checks

__all__ = [
    "CheckTally",
    "FindingFilter",
    "FindingLine",
    "Page",
    "RunView",
    "StepLine",
    "count_open",
    "find_earlier_parts",
    "find_last_run",
    "find_settled",
    "get_finding",
    "get_run",
    "list_findings",
    "list_findings_of",
    "list_runs",
    "list_sources",
    "list_steps",
    "tally_checks",
]
