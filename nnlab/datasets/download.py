"""Published datasets from the net: from the first mirror that has the right bytes, and never half a file.

Each file is received whole, unpacked, compared with its checksum, and only then given its name. What is there already and
right is kept, so a download that was stopped goes on with the files it had not finished.
"""

import gzip
import hashlib
import io
import tempfile
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from nnlab.atomic_file import write_atomically
from nnlab.datasets.idx import read_idx
from nnlab.datasets.mnist import Published, find_file, place_in
from nnlab.datasets.transfer import UNREACHABLE, TransferError, size_text, transfer
from nnlab.errors import DatasetError, SaveError
from nnlab.report import Report, silent

# No file is larger when unpacked; gzip can promise a thousand times what it is sent as.
_MOST_BYTES = 256 << 20


def download(published: Published, folder: Path, report: Report = silent) -> Path:
    """Bring the files that are not there yet into a sub-folder of the dataset's name; returns that place.

    Raises DatasetError, saying which mirrors were tried and what each did; CancelledError out of the report.
    """
    place = place_in(published, folder)
    _make(place, published)
    mirrors = list(published.mirrors)
    done = 0.0
    for name, sha256 in published.checksums.items():
        share = _share(name)
        if not _is_right(place, name, sha256):
            content = _from_a_mirror(published, name, mirrors, _part_of(report, published.title, done, share))
            try:
                write_atomically(place / name, content)
            except SaveError as error:
                raise DatasetError(f"{error}; {_elsewhere(published)}") from None
        done += share
    return place


def _part_of(report: Report, title: str, done: float, share: float) -> Report:
    """A report about one file, told as a part of the whole download."""

    def tell(what: str, part: float) -> None:
        report(f"Downloading {title}: {what}", done + part * share)

    return tell


def _share(name: str) -> float:
    """The part of the whole that one file is: nearly all of it are the pictures, of which 6 of 7 are for training."""
    if "images" not in name:
        return 0.005
    return 0.85 if name.startswith("train") else 0.14


def _make(place: Path, published: Published) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        # Better to hear now than after the download.
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise DatasetError(f"{place}: cannot be written to ({error.strerror}); {_elsewhere(published)}") from None


def _elsewhere(published: Published) -> str:
    return f"`nnlab datasets download {published.name} --data DIR` puts {published.title} (55 MB) into another folder"


def _is_right(place: Path, name: str, sha256: str) -> bool:
    """Whether the file that would be read is the published one."""
    path = find_file(place, name)
    try:
        return path is not None and read_idx(path, 3 if "images" in name else 1, sha256).size > 0
    except DatasetError:
        return False


def _from_a_mirror(published: Published, name: str, mirrors: list[str], tell: Report) -> bytes:
    """A file's bytes, unpacked and found right. A mirror that fails is asked last the next time."""

    def arrived(here: int, expected: int) -> None:
        tell(
            f"{name}, {size_text(here)}" + (f" of {size_text(expected)}" if expected else ""), here / max(here, expected, 1)
        )

    reasons: dict[str, str] = {}
    for mirror in tuple(mirrors):
        try:
            return _checked(transfer(f"{mirror}{name}.gz", arrived), published.checksums[name])
        except TransferError as error:
            reasons[urlsplit(mirror).netloc] = str(error)
            mirrors.append(mirror)
            mirrors.remove(mirror)
    raise DatasetError(
        f"{published.title} could not be downloaded: {_what_happened(name, reasons)}; try again, or put the four files into "
        f"a folder {published.name}/ in a folder DIR and pass --data DIR"
    )


def _what_happened(name: str, reasons: dict[str, str]) -> str:
    if set(reasons.values()) == {UNREACHABLE}:
        return f"{' and '.join(reasons)} {UNREACHABLE} (is there a network?)"
    return f"asked for {name}, " + ", ".join(f"{host} {reason}" for host, reason in reasons.items())


def _checked(content: bytes, sha256: str) -> bytes:
    """The file as it is when unpacked, compared with the published checksum."""
    if content.lstrip()[:1] == b"<":
        raise TransferError("sent a web page instead of the file")
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
                content = stream.read(_MOST_BYTES)
        except (OSError, EOFError, zlib.error):
            raise TransferError("sent a damaged file") from None
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise TransferError("sent another file than the published one (its checksum is wrong)")
    return content
