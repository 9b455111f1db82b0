"""``make test``: the suite in parallel, with coverage and its floor."""

import os
import subprocess
import sys

FLOOR_PERCENT = 90


def main() -> int:
    """Run what the command line names, or everything with coverage."""
    chosen = sys.argv[1:]
    # A browser, a server and a database wait for each other half of the time.
    parallel = ["-n", str(min(6, 1 + (os.cpu_count() or 1))), "--dist", "loadgroup"]
    if chosen:
        return subprocess.call([sys.executable, "-m", "pytest", *chosen])
    coverage = ["--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={FLOOR_PERCENT}"]
    return subprocess.call([sys.executable, "-m", "pytest", "-q", *parallel, *coverage])


if __name__ == "__main__":
    sys.exit(main())
