"""Qt's system libraries: which are missing, and the line that installs them on the distribution at hand."""

import shutil
import subprocess
from pathlib import Path

import pytest

from nnlab.desktop import screen, system_libraries
from nnlab.desktop.system_libraries import ARCH, DEBIAN, FEDORA, LIBRARIES, SUSE, distribution, install_line
from nnlab.errors import NnlabError


def release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(text)
    monkeypatch.setattr(system_libraries, "_RELEASE", (tmp_path / "missing", path))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("ID=debian\n", DEBIAN),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', DEBIAN),
        ("# a comment=1\nID=fedora\n", FEDORA),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', FEDORA),
        ("ID=manjaro\nID_LIKE=arch\n", ARCH),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', SUSE),
        ("ID=opensuse-leap\n", SUSE),
        ("ID=gentoo\n", None),
        ("", None),
    ],
)
def test_the_distribution_is_known_by_what_it_says(text: str, known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    release(monkeypatch, tmp_path, text)
    assert distribution() is known


def test_no_package_is_named_twice():
    line = install_line(["libxcb-icccm.so.4", "libEGL.so.1", "libGL.so.1"], ARCH)
    assert line == "pacman -S xcb-util-wm libglvnd"


def test_what_is_missing_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    release(monkeypatch, tmp_path, "ID=fedora\n")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setitem(LIBRARIES, "libnnlab-has-none.so.9", ("a", "nnlab-has-none", "c", "d"))
    with pytest.raises(NnlabError, match=r"on Fedora: dnf install nnlab-has-none$"):
        screen.check_screen()


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="only Debian can say which package holds a library")
@pytest.mark.parametrize("library", LIBRARIES)
def test_debians_packages_hold_the_libraries(library: str):
    packages = LIBRARIES[library]
    asked = subprocess.run(["dpkg-query", "-L", packages[0]], capture_output=True, text=True, check=False)
    if asked.returncode:
        pytest.skip(f"{packages[0]} is not installed")
    assert any(line.endswith(f"/{library}") for line in asked.stdout.splitlines())


def test_the_readme_has_the_line_for_debian():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert install_line(LIBRARIES, DEBIAN) in text
