"""Writing a file so that at every moment either the old one or the new one stands there, whole."""

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path

from nnlab.errors import SaveError
from nnlab.regular_file import check_replaceable

# The end of a temporary file's name. Nothing else is called so: the leftovers of a killed process can be removed.
_UNFINISHED = ".nnlab-unfinished"
# A file that is still being written is younger than this, in seconds.
_ABANDONED = 3600.0
# So much of a file's name goes into the temporary one's, which must not become longer than file systems allow.
_NAME_KEPT = 50
# To read it is to set it, for all threads: once, before others write.
_MASK = os.umask(0o077)
os.umask(_MASK)


def write_atomically(path: Path, content: bytes) -> None:
    """As `put_in_place`; raises SaveError with the reason (no space, no permission, no such folder)."""
    try:
        put_in_place(path, content)
    except FileNotFoundError as error:
        raise SaveError(f"{path}: not saved ({_missing_folder(path) or error.strerror}); choose another place") from None
    except OSError as error:
        raise SaveError(
            f"{path}: not saved ({error.strerror or error}); choose another place"
            + (", the file that was there is unchanged" if os.path.lexists(path) else "")
        ) from None


def put_in_place(path: Path, content: bytes) -> None:
    """Write to a temporary file in the same folder, flush it to the disk, rename it over the old one.

    A symbolic link stays, and the file that it points to is replaced. What a killed process left half written in the folder
    is removed. Raises OSError; the old file is then untouched.
    """
    temporary: str | None = None
    try:
        path = _behind_links(path)
        check_replaceable(path)
        remove_unfinished(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME_KEPT]}.", suffix=_UNFINISHED)
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
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def remove_unfinished(folder: Path, age: float = _ABANDONED) -> None:
    """Remove what was left half written so many seconds ago; it is no reason not to save if that cannot be done."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f".*{_UNFINISHED}"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > age:
                    left.unlink()


def _missing_folder(path: Path) -> str:
    """That its folder is missing, which the system's words do not tell from a missing file; empty where it is there."""
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}"


def _behind_links(path: Path) -> Path:
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _rights_of(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    return 0o666 & ~_MASK


def _flush_folder(folder: Path) -> None:
    """The rename itself must reach the disk too; Windows has no handle for a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
