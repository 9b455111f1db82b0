"""``make test``: the suite in parallel, with the floor of its coverage."""

import os
import subprocess
import sys

FLOOR_PERCENT = 90


def main() -> int:
    """Run what the command line names, or everything."""
    # A browser, a server and a database wait for each other half of the time. Each file stays in one process, for
    # what it sets up once.
    parallel = ["-q", "-n", str(min(6, 1 + (os.cpu_count() or 1))), "--dist", "loadfile", "--no-loadscope-reorder"]
    covered = ["--cov", "--cov-report=", f"--cov-fail-under={FLOOR_PERCENT}"]
    return subprocess.call([sys.executable, "-m", "pytest", *(sys.argv[1:] or [*parallel, *covered])])


if __name__ == "__main__":
    sys.exit(main())
