"""``make test``: the suite in parallel; ``make coverage``: the same, followed line by line."""

import os
import subprocess
import sys

FLOOR_PERCENT = 90


def main() -> int:
    """Run what the command line names, or everything; ``--followed`` with the floor of its coverage."""
    # A browser, a server and a database wait for each other half of the time. Each file stays in one process, for
    # what it sets up once.
    parallel = ["-q", "-n", str(min(6, 1 + (os.cpu_count() or 1))), "--dist", "loadfile", "--no-loadscope-reorder"]
    covered = ["--cov", "--cov-report=term-missing:skip-covered", f"--cov-fail-under={FLOOR_PERCENT}"]
    chosen = [*parallel, *covered] if sys.argv[1:] == ["--followed"] else sys.argv[1:] or parallel
    return subprocess.call([sys.executable, "-m", "pytest", *chosen])


if __name__ == "__main__":
    sys.exit(main())
