"""The user's own files: what kind a path holds shows in its content, and each kind has a reader."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.files.settings import FileSettings
from nnlab.datasets.source import LoadRequest, Source

if TYPE_CHECKING:
    from nnlab.datasets.files.schema import Schema


@dataclass(frozen=True)
class FileSource(FileSettings):
    """A person's own data, from a file or a folder."""

    name: ClassVar[str] = "file"
    about: ClassVar[str] = "your own data, from the file or folder dataset.source.path"
    is_drawn_by_seed: ClassVar[bool] = True

    @property
    def short_name(self) -> str:
        """That of the file."""
        return Path(self.path).name or self.name

    def load(self, request: LoadRequest, schema: "Schema | None" = None) -> Dataset:
        """Whatever the path holds; with a schema read as the data that a model learned from."""
        # Who has no files does not wait for what reads them.
        from nnlab.datasets.files.loading import load_files

        return load_files(self, request, schema)


def at_path(source: Source, path: str) -> FileSource:
    """Files read as those of the source, if it is such; all of their examples, none set apart."""
    own = source if isinstance(source, FileSource) else FileSource()
    return replace(own, path=path, test_path="", test=0.0)
