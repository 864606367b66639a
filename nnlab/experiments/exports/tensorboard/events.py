"""Events of one run as TensorBoard reads them, in the order they come.

A file of events is one record after the other:  length (8 bytes)  its checksum (4)  the event, a protocol buffer  its
checksum (4), numbers with the lowest byte first. What stands in an event is made by tensorboardX.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.experiments.run_report.pictures import Png
from nnlab.models.arrays import Array
from nnlab.optional import required

_VERSION = "brain.Event:2"
_BINS = 64


class Events:
    """They are few enough to be held in memory, so that the file is written whole or not at all."""

    def __init__(self, began: float) -> None:
        library = required("tensorboard")
        self._summary, self._checksum = library.summary, library.record_writer.masked_crc32c
        self._event, self._summaries = library.proto.event_pb2.Event, library.proto.summary_pb2.Summary
        self._records: list[bytes] = []
        self._write(self._event(wall_time=began, file_version=_VERSION))

    def add_scalars(self, values: Mapping[str, float], step: int, time: float) -> None:
        """Numbers by their tags."""
        rows = [self._summaries.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        self._add(self._summaries(value=rows), step, time)

    def add_histogram(self, tag: str, values: Array, step: int, time: float) -> bool:
        """Of the numbers that are finite; False where none is."""
        finite = values[np.isfinite(values)]
        if finite.size:
            self._add(self._summary.histogram(tag, finite, _BINS), step, time)
        return bool(finite.size)

    def add_picture(self, tag: str, image: Png, words: str, step: int, time: float) -> None:
        """With the words that say what is in it."""
        pixels = self._summaries.Image(
            height=image.height, width=image.width, colorspace=3, encoded_image_string=image.content
        )
        described = self._metadata(words)
        self._add(self._summaries(value=[self._summaries.Value(tag=tag, image=pixels, metadata=described)]), step, time)

    def add_text(self, tag: str, text: str, time: float) -> None:
        """Markdown."""
        self._add(self._summary.text(tag, text), 0, time)

    def add_settings(self, settings: Mapping[str, Any], figures: Sequence[str], time: float) -> None:
        """For the table of runs: settings by their names, and the tags of the scalars by which runs are compared."""
        for summary in self._summary.hparams(dict(settings), dict.fromkeys(figures, 0.0)):
            self._add(summary, 0, time)

    @property
    def content(self) -> bytes:
        """The file."""
        return b"".join(self._records)

    def _metadata(self, words: str) -> Any:
        metadata = self._summary.SummaryMetadata
        # Without it a reader wonders what kind of description this is.
        return metadata(summary_description=words, plugin_data=metadata.PluginData(plugin_name="images"))

    def _add(self, summary: Any, step: int, time: float) -> None:
        self._write(self._event(wall_time=time, step=step, summary=summary))

    def _write(self, event: Any) -> None:
        content = event.SerializeToString()
        length = struct.pack("<Q", len(content))
        for part in (length, content):
            self._records += [part, struct.pack("<I", self._checksum(part))]
