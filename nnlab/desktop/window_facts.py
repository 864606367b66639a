"""What the window needs: Qt, its system libraries, a screen; and the packages that nnlab can do without."""

import importlib.metadata
import json
import os
import subprocess
import sys

from nnlab.desktop.findings import Findings
from nnlab.desktop.screen import check_screen, has_screen
from nnlab.desktop.system_libraries import missing_libraries
from nnlab.errors import NnlabError
from nnlab.experiments.child_process import python_command
from nnlab.optional import OPTIONAL, install_line, is_installed, version_of
from nnlab.words import shown

_SECONDS = 30
_MEANT = ("NNLAB_", "QT_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_")
_ALSO = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "LANG", "LC_ALL")


def window_facts() -> Findings:
    """Versions, and what a process of its own finds that opens a screen: Qt ends the one in which it cannot."""
    versions = {name: _version(name) for name in ("PySide6", "pyqtgraph")}
    missing = missing_libraries() if sys.platform.startswith("linux") else []
    libraries = {"system libraries": f"{', '.join(missing)} missing" if missing else "all there"}
    if not has_screen():
        # As on a server: everything but the window works.
        return Findings(versions | libraries | {"screen": "none (DISPLAY is not set); all commands work without one"})
    try:
        check_screen()
    except NnlabError as error:
        return Findings(versions | libraries, (str(error),))
    answer = subprocess.run(  # noqa: S603, this interpreter, and a program of nnlab's own
        python_command("nnlab.ui.screen_facts"), capture_output=True, timeout=_SECONDS, check=False
    )
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().splitlines() or [f"exit status {answer.returncode}"]
        return Findings(versions | libraries, (f"Qt cannot open a screen: {shown(said[-1], 300)}; see the README",))
    return Findings(versions | libraries | json.loads(answer.stdout))


def package_facts() -> Findings:
    """The optional ones: their versions, or how they are installed."""
    facts = {
        package.title: version_of(name) or "there" if is_installed(name) else f"not installed; {install_line(name)}"
        for name, package in OPTIONAL.items()
    }
    return Findings(facts)


def environment_facts() -> Findings:
    """The variables that change what nnlab, Qt, Python and the BLAS do."""
    found = sorted(name for name in os.environ if name.startswith(_MEANT) or name in _ALSO)
    return Findings({name: shown(os.environ[name], 200) for name in found})


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        # PySide6's parts may be installed without the package that holds them all.
        try:
            return importlib.metadata.version(f"{name}-Essentials")
        except importlib.metadata.PackageNotFoundError:
            return "not found"
