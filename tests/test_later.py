"""What is imported when it is first called."""

import subprocess
import sys

from nnlab.later import Later


def test_it_stands_for_what_has_its_place():
    assert Later("math.hypot")(3.0, 4.0) == 5.0
    assert Later("nnlab.later.Later").load() is Later


def test_its_module_is_imported_by_the_first_call():
    code = """import sys
from nnlab.later import Later
parse = Later("tomllib.loads")
assert "tomllib" not in sys.modules
assert parse("a = 1") == {"a": 1} and "tomllib" in sys.modules"""
    subprocess.run([sys.executable, "-c", code], check=True)
