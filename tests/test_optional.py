"""Optional packages are found without being imported, and told of in one sentence where they are missing or broken."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nnlab import optional
from nnlab.optional import BrokenPackageError, MissingPackageError, OptionalPackage, is_installed, required, version_of

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


@pytest.fixture
def one(tmp_path, monkeypatch):
    """An optional package of the test's own, of which the test writes the module."""
    monkeypatch.setitem(optional.OPTIONAL, "odd", OptionalPackage("Odd", "odd_package_of_a_test", "odd-package"))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "odd_package_of_a_test.py"
    sys.modules.pop("odd_package_of_a_test", None)


def test_a_missing_package_is_told_with_the_line_that_installs_it(one):
    assert not is_installed("odd")
    assert version_of("odd") == ""
    with pytest.raises(MissingPackageError, match=r"^Odd is not installed; pip install odd-package$"):
        required("odd")


def test_a_broken_package_is_told_with_what_it_raised(one):
    one.write_text("raise OSError('libodd.so.4: cannot\\nopen')")
    assert is_installed("odd")
    with pytest.raises(
        BrokenPackageError, match=r"installed, and cannot be imported \(OSError: libodd.so.4: cannot.*open\)"
    ):
        required("odd")


def test_a_package_lacks_what_it_needs(one, monkeypatch):
    one.write_text("")
    assert required("odd").__name__ == "odd_package_of_a_test"
    needy = OptionalPackage("Odd", "odd_package_of_a_test", "odd-package", ("nowhere_at_all",))
    monkeypatch.setitem(optional.OPTIONAL, "odd", needy)
    assert not is_installed("odd")


def test_asking_whether_they_are_there_imports_none_of_them():
    code = (
        "import sys; from nnlab.optional import OPTIONAL, is_installed, version_of\n"
        "[(is_installed(name), version_of(name)) for name in OPTIONAL]\n"
        "print([p.module for p in OPTIONAL.values() if p.module in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_every_optional_package_is_in_an_extra_of_the_project():
    project = tomllib.loads(PROJECT.read_text())["project"]
    wanted = {line.split(">")[0] for extra in project["optional-dependencies"].values() for line in extra}
    for package in optional.OPTIONAL.values():
        assert set(package.installed_as.split()) <= wanted
