"""A file of weights beside a model: how the file's tensors lie, which is which, and what does not fit; a table of both."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.errors import SettingError, WeightsFileError
from nnlab.experiments.imports.conventions import CONVENTIONS, Convention
from nnlab.experiments.imports.matching import Match, Pair, matched
from nnlab.experiments.imports.offered import WeightsFile
from nnlab.experiments.imports.wanted import wanted_tensors
from nnlab.models.arrays import Shape
from nnlab.models.layers.base import shape_text
from nnlab.models.model import Model
from nnlab.settings import nearest
from nnlab.words import shown

AUTO = "auto"
# Names that only one of them has.
_KERAS = re.compile(r"(.*[./])?(kernel|gamma|beta|moving_mean|moving_variance)")
_TORCH = re.compile(r"(.*[./])?(running_mean|running_var|num_batches_tracked)")


@dataclass(frozen=True)
class Row:
    """A line of the table: a tensor of the model, that of the file in its place, and what is to be said of them."""

    own: str
    own_shape: str
    file: str
    file_shape: str
    fits: bool
    words: str


@dataclass(frozen=True, eq=False)
class Compared:
    """What was found: as which convention has it, and what a person should know of that; "" where nothing."""

    layout: str
    match: Match
    caution: str

    @property
    def convention(self) -> Convention:
        """How the file's tensors lie."""
        return CONVENTIONS[self.layout]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The table of both."""
        return tuple(_row(pair) for pair in self.match.pairs)


def compared(model: Model, example_shape: Shape, file: WeightsFile, layout: str = AUTO) -> Compared:
    """In the first convention in which all fits, or that in which most does; or in the one that is said."""
    if layout != AUTO and layout not in CONVENTIONS:
        raise SettingError(f"layout: '{shown(layout)}' is not known; {nearest(layout, (AUTO, *CONVENTIONS))}")
    if not file.tensors:
        raise WeightsFileError("holds no tensors")
    likely = _likely(file) if layout == AUTO else (layout,)
    matches = {
        name: matched(wanted_tensors(model, example_shape, CONVENTIONS[name]), file.tensors, CONVENTIONS[name])
        for name in likely
    }
    best = max(likely, key=lambda name: matches[name].rank)
    return Compared(best, matches[best], _caution(best, matches))


def _likely(file: WeightsFile) -> Sequence[str]:
    """The conventions that it may be in, the likeliest first."""
    names = [tensor.name for tensor in file.tensors]
    if file.is_own:
        return ("nnlab",)
    if any(map(_KERAS.fullmatch, names)):
        return ("keras",)
    if any(map(_TORCH.fullmatch, names)):
        return ("torch",)
    return ("torch", "nnlab", "keras") if file.is_safetensors else ("nnlab", "keras", "torch")


def _caution(best: str, matches: dict[str, Match]) -> str:
    if not matches[best].fits:
        return ""
    chosen, is_torch = CONVENTIONS[best].title, CONVENTIONS[best].framework == "torch"
    others = [name for name, match in matches.items() if match.fits and (CONVENTIONS[name].framework == "torch") != is_torch]
    if others:
        return f"taken as {chosen} has them; as {CONVENTIONS[others[0]].title} has them the shapes would fit, too"
    if any(order is not None for pair in matches[best].pairs if pair.slot for order in pair.slot.orders):
        return f"pictures laid flat are taken channel by channel, as {chosen} has them"
    return ""


def _row(pair: Pair) -> Row:
    slot, tensor = pair.slot, pair.offered
    own, own_shape = (slot.name, shape_text(slot.shape)) if slot else ("", "")
    file, file_shape = (shown(tensor.name, 80), shape_text(tensor.shape)) if tensor else ("", "")
    return Row(own, own_shape, file, file_shape, pair.fits, _words(pair))


def _words(pair: Pair) -> str:
    slot, tensor = pair.slot, pair.offered
    if slot is None:
        return "not in the model"
    if tensor is None:
        instead = f": {slot.counterpart.where_missing:g}" if slot.counterpart.where_missing is not None else ""
        return f"that of {slot.tied_to}" if slot.tied_to else f"not in the file{instead if pair.fits else ''}"
    if not pair.fits:
        return "of another layer" if tensor.shape == slot.shape_there else f"expected {shape_text(slot.shape_there)}"
    said = ["turned"] if slot.counterpart.axes or any(order is not None for order in slot.orders) else []
    return ", ".join([*said, *([f"from {tensor.kind}"] if tensor.kind != "float32" else [])])
