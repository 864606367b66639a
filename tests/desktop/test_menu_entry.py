"""nnlab in the desktop's menu: written as each system reads it, for this person alone, and taken back without a trace."""

import configparser
import plistlib
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.desktop import linux, mac, windows
from nnlab.desktop.default_programs import without
from nnlab.desktop.launcher import FILE_TYPES, Launcher
from nnlab.ui.icons import own_icon_png

AWKWARD = ('/opt/a b/it\'s 100% "$HOME" `x`\\y/python', "-P", "-m", "nnlab")


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height as the PNG's header has them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def words_of_exec(line: str) -> list[str]:
    """An Exec line as a desktop reads it: the value's escapes, then the quoting of words, then the percent signs."""
    value, unescaped = iter(line), ""
    for letter in value:
        unescaped += next(value) if letter == "\\" else letter
    words = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', unescaped)
    return [re.sub(r"\\(.)", r"\1", quoted).replace("%%", "%") or bare for quoted, bare in words]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "share"


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


@pytest.mark.usefixtures("on_linux")
def test_the_entry_is_added_and_taken_back(data: Path, capsys: pytest.CaptureFixture):
    assert main(["--add-to-menu"]) == 0
    entry = data / "applications/nnlab.desktop"
    assert str(entry) in capsys.readouterr().out
    assert {path.parent.parent.name for path in data.rglob("nnlab.png")} == {"48x48", "128x128", "256x256"}
    assert main(["--remove-from-menu"]) == 0
    assert "is removed" in capsys.readouterr().out
    assert not [path for path in data.rglob("*") if "nnlab" in path.name]
    assert main(["--remove-from-menu"]) == 0
    assert "was not in the menu" in capsys.readouterr().out


MIMEAPPS = """# mine
[Default Applications]
text/html=browser.desktop;

{default}application/toml=nnlab.desktop
[Added Associations]
{added}x-scheme-handler/mail=mail.desktop;
[Removed Associations]
application/x-safetensors=nnlab.desktop;
"""


@pytest.mark.usefixtures("on_linux")
def test_taken_back_it_is_no_default_program_and_nothing_else_has_changed(data: Path, tmp_path: Path):
    own = {"default": "application/x-safetensors=nnlab.desktop\n", "added": "application/x-safetensors=nnlab.desktop;\n"}
    lists = tmp_path / "config/mimeapps.list", data / "applications/mimeapps.list"
    for path in lists:
        path.parent.mkdir(parents=True)
        path.write_text(MIMEAPPS.format(**own))
    assert main(["--remove-from-menu"]) == 0
    assert [path.read_text() for path in lists] == [MIMEAPPS.format(default="", added="")] * 2
    lists[0].write_text("[Default Applications]\napplication/x-safetensors=nnlab.desktop\n")
    assert main(["--remove-from-menu"]) == 0
    assert not lists[0].exists()


def test_another_program_for_the_same_files_stays_the_default_one():
    kinds = {b"application/x-safetensors"}
    before = b"[Default Applications]\r\napplication/x-safetensors=nnlab.desktop;other.desktop;\r\n"
    assert without(before, b"nnlab.desktop", kinds) == before.replace(b"nnlab.desktop;", b"")
    other = b"[Default Applications]\napplication/x-safetensors=other.desktop\n"
    assert without(other, b"nnlab.desktop", kinds) == other


@pytest.mark.usefixtures("on_linux")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture):
    data.write_text("a file stands where the folder should be")
    assert main(["--add-to-menu"]) == 2
    told = capsys.readouterr().err
    assert str(data) in told
    assert "Traceback" not in told


def test_the_entry_starts_the_very_words_whatever_letters_they_have():
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(linux.entry_text(Launcher(own_icon_png, AWKWARD)))
    entry = parser["Desktop Entry"]
    assert words_of_exec(entry["Exec"]) == [*AWKWARD, "%f"]
    assert entry["MimeType"].strip(";").split(";") == [kind.mime for kind in FILE_TYPES]


def test_only_the_kind_that_no_other_program_knows_is_added_to_the_systems():
    kinds = ElementTree.fromstring(linux.kinds_text())
    name = "{http://www.freedesktop.org/standards/shared-mime-info}"
    found = [(kind.find(f"{name}glob").get("pattern"), kind.get("type")) for kind in kinds]
    assert found == [("*.safetensors", "application/x-safetensors")]


@pytest.mark.usefixtures("on_linux")
def test_a_desktop_that_does_not_answer_keeps_nobody_from_the_entry(data: Path, monkeypatch: pytest.MonkeyPatch):
    def wait(command: list[str], **how: object) -> None:
        raise subprocess.TimeoutExpired(command, 20)

    monkeypatch.setattr(linux.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(linux.subprocess, "run", wait)
    assert linux.add(Launcher(own_icon_png)).exists()


@pytest.mark.usefixtures("on_linux")
@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed")
def test_the_desktops_own_check_has_nothing_against_the_entry(data: Path):
    entry = linux.add(Launcher(own_icon_png))
    checked = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("size", [16, 48, 256])
def test_the_icon_is_drawn_in_every_size(size: int):
    assert size_of(own_icon_png(size)) == (size, size)


def test_an_icon_of_windows_holds_its_pictures_where_its_directory_says():
    icon = windows.ico({size: own_icon_png(size) for size in (16, 256)})
    kind, count = struct.unpack("<HH", icon[2:6])
    assert (kind, count) == (1, 2)
    for place, size in enumerate((16, 256)):
        width, height, *_, length, offset = struct.unpack("<BBBBHHII", icon[6 + 16 * place : 22 + 16 * place])
        assert (width, height) == (size % 256, size % 256)
        assert size_of(icon[offset : offset + length]) == (size, size)
    assert offset + length == len(icon)


def test_the_registry_says_what_a_double_click_starts():
    values = windows.registry_values(Launcher(own_icon_png, (r"C:\a b\pythonw.exe", "-m", "nnlab")), Path("icon.ico"))
    assert values[r"Software\Classes\nnlab.file\shell\open\command"][""] == r'"C:\a b\pythonw.exe" -m nnlab "%1"'
    for kind in FILE_TYPES:
        assert "nnlab.file" in values[rf"Software\Classes\{kind.ending}\OpenWithProgids"]


def test_the_bundle_of_macos_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    program = tmp_path / "a program's name"
    program.write_text('#!/bin/sh\nprintf "%s|" "$0" "$@"\n')
    program.chmod(0o755)
    bundle = mac.add(Launcher(own_icon_png, (str(program), "-m", "nnlab")))
    facts = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    started = bundle / "Contents/MacOS" / facts["CFBundleExecutable"]
    told = subprocess.run([str(started), "x y"], capture_output=True, text=True, check=True).stdout
    assert told == f"{program}|-m|nnlab|x y|"
    icon = (bundle / "Contents/Resources" / facts["CFBundleIconFile"]).read_bytes()
    assert icon[:4] == b"icns"
    assert struct.unpack(">I", icon[4:8]) == (len(icon),)
    assert mac.remove() == bundle
    assert not bundle.exists()
    assert mac.remove() is None
