"""Finds the files shipped with nnlab: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

from nnlab.errors import NnlabError

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. resource("examples", "xor.toml")."""
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise NnlabError(f"{'/'.join(parts)} is missing from nnlab's resources; install nnlab again")


def example_files() -> list[Path]:
    """The example experiments, in the order of their names."""
    return sorted(resource("examples").glob("*.toml"), key=lambda path: path.stem)
