"""The lines of a text file, raw or gzipped, in blocks: no file is ever held whole."""

import codecs
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

from nnlab.datasets.gzipped import MAGIC, faults_told
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.regular_file import open_regular

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1 << 19
_SAMPLE = 1 << 20
_LONGEST_LINE = 16 << 20
# A gzip file that unpacks to more than this must not be so many times smaller.
_LARGE = 64 << 20
_MOST_SWOLLEN = 200


def decoded(line: bytes) -> str:
    """A line as text. What is no UTF-8 is taken as Windows-1252, in which spreadsheets of the west save."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        # Bytes that have no character there are told as a cell that is wrong, or stay in a word.
        return line.decode("cp1252", errors="replace")


class TextFile:
    """Gives a file's lines in order. Every fault of the file is a DatasetError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._where = shown(path.name)
        self._ahead = b""
        self._rest = b""
        self._given = 0
        with faults_told(path):
            self._raw = open_regular(path)
            self._size = os.fstat(self._raw.fileno()).st_size
            zipped = self._raw.read(len(MAGIC)) == MAGIC
            self._raw.seek(0)
        self._stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=self._raw) if zipped else self._raw
        self._wide: codecs.IncrementalDecoder | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def share(self) -> float:
        """How much of the file has been read."""
        return min(self._raw.tell() / max(self._size, 1), 1.0)

    def sample(self) -> list[bytes]:
        """The first lines; `blocks` will give them again. More than one is not blank, unless many that are blank follow."""
        self._ahead = self._next(_SAMPLE).removeprefix(b"\xef\xbb\xbf")
        while len(self._ahead.strip().splitlines()) < 2 and (more := self._next(_SAMPLE)):
            self._ahead += more
            if more.isspace():
                break
        return self._ahead.splitlines()

    def blocks(self) -> Iterator[bytes]:
        """All lines, some whole ones at a time."""
        if self._ahead:
            yield self._ahead
        while block := self._next(_BLOCK):
            yield block

    def _next(self, size: int) -> bytes:
        content, self._rest = self._rest + self._read(size), b""
        # Some systems end lines with a carriage return alone; one at the very end may have its line feed still to come.
        end = max(content.rfind(b"\n"), content.rfind(b"\r", 0, -1)) + 1
        if end or not content:
            self._rest = content[end:]
            return content[:end]
        content += self._read(_LONGEST_LINE, to_line_end=True)
        if len(content) >= _LONGEST_LINE and not content.endswith(b"\n"):
            raise DatasetError(f"{self._where}: holds a line that is longer than {_LONGEST_LINE >> 20} MB; is it CSV?")
        return content

    def _read(self, size: int, to_line_end: bool = False) -> bytes:
        with faults_told(self._path):
            content = self._stream.readline(size) if to_line_end and self._wide is None else self._stream.read(size)
        if not self._given and content.startswith(UTF_16):
            self._wide = codecs.getincrementaldecoder("utf-16")("replace")
        self._given += len(content)
        if self._given > max(_MOST_SWOLLEN * self._size, _LARGE):
            raise DatasetError(
                f"{self._where}: unpacks to more than {_MOST_SWOLLEN} times its size, as only a compression bomb does; "
                "unpack it with gunzip if that is what it holds"
            )
        return self._wide.decode(content).encode() if self._wide is not None else content
