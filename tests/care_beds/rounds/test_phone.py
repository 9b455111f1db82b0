"""The modules of the carer's page: their own tests under Node."""

import subprocess
from pathlib import Path

from tests.meals.test_till_modules import node


def test_the_modules_of_the_phone_pass_their_own_tests() -> None:
    tests = [str(path) for path in sorted((Path(__file__).parent / "phone").glob("*.test.mjs"))]
    ran = subprocess.run([*node(), "--test", *tests], check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
