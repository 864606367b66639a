"""Writing a file so that at every moment either the old one or the new one stands there, whole."""

import contextlib
import os
import tempfile
from pathlib import Path

from nnlab.errors import SaveError
from nnlab.regular_file import check_replaceable


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary file in the same folder, flush it to the disk, rename it over the old one.

    Raises SaveError with the reason (no space, no permission, no such folder); the old file is then untouched.
    """
    temporary: str | None = None
    try:
        check_replaceable(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; a saved file has the rights any other new file would have.
        os.chmod(temporary, _rights_of(path))
        os.replace(temporary, path)
        temporary = None
        # The new file stands; a folder that cannot be flushed makes it no less so.
        with contextlib.suppress(OSError):
            _flush_folder(path.parent)
    except OSError as error:
        raise SaveError(
            f"{path}: not saved ({error.strerror or error}); choose another place"
            + (", the file that was there is unchanged" if os.path.lexists(path) else "")
        ) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _rights_of(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _flush_folder(folder: Path) -> None:
    """The rename itself must reach the disk too; Windows has no handle for a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
