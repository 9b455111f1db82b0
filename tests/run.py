"""``make test``: the suite in parallel. ``make coverage``: the same under a tracer, with its floor."""

import os
import subprocess
import sys

FLOOR_PERCENT = 90
COVERAGE = "--coverage"


def main() -> int:
    """Run what the command line names, or everything."""
    chosen = sys.argv[1:]
    # A browser, a server and a database wait for each other half of the time.
    parallel = ["-q", "-n", str(min(6, 1 + (os.cpu_count() or 1))), "--dist", "loadgroup"]
    if chosen == [COVERAGE]:
        # Apart from the daily run: the tracer makes everything take half as long again.
        parallel += ["--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={FLOOR_PERCENT}"]
        chosen = []
    return subprocess.call([sys.executable, "-m", "pytest", *(chosen or parallel)])


if __name__ == "__main__":
    sys.exit(main())
