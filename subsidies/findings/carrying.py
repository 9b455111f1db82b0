"""Carrying out a run to its end, one transaction for each check: for the worker and the command line."""

from collections.abc import Callable

import structlog

from app import clock
from app.db import transaction
from subsidies.findings import runs

log = structlog.get_logger(__name__)

Tell = Callable[[str], None]


def carry_out(run_id: int, *, tell: Tell = lambda _code: None) -> None:
    """Run what is left of a run. What was done before it was interrupted is not done again.

    :param tell: is called with the code of each check that is done
    """
    with transaction() as session:
        left = runs.codes_left(session, run_id=run_id)
    for code in left:
        _carry_check(run_id, code)
        tell(code)
    with transaction() as session:
        runs.finish_run(session, run_id=run_id, now=clock.now())


def _carry_check(run_id: int, code: str) -> None:
    """Run a check; one that breaks is written down, and does not keep the others from running."""
    try:
        with transaction() as session:
            runs.run_check(session, run_id=run_id, code=code, now=clock.now())
    # Whatever is wrong with one check, the others must run.
    except Exception as error:
        log.exception("findings.check_broke", check=code, run=run_id)
        with transaction() as session:
            runs.note_fault(session, run_id=run_id, code=code, fault=type(error).__name__, now=clock.now())
