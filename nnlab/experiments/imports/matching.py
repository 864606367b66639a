"""Which tensor of a file is which of the model: by names where they are alike, else in order and by shape."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nnlab.experiments.imports.conventions import Convention
from nnlab.experiments.imports.offered import Offered
from nnlab.experiments.imports.wanted import Slot, Wanted

BY_NAME, BY_ORDER = "by name", "in order, by shape"


@dataclass(frozen=True, eq=False)
class Pair:
    """A tensor of the model and that of the file which takes its place; one of them is missing where nothing fits."""

    slot: Slot | None
    offered: Offered | None
    may_lack: bool = False  # whether the layer is there, and has none of these in the file

    @property
    def fits(self) -> bool:
        """Whether this can be imported."""
        if self.slot is None:
            return False
        if self.offered is None:
            return self.may_lack
        return self.slot.shape_there == self.offered.shape


@dataclass(frozen=True, eq=False)
class Match:
    """All tensors of both, in the model's order; `way` says how they were found."""

    pairs: tuple[Pair, ...]
    way: str
    goes_by_layers: bool = True  # whether tensors of one layer of the file are those of one layer of the model

    @property
    def fits(self) -> bool:
        """Whether every tensor of the model has its numbers, and none of the file is left over."""
        return all(pair.fits for pair in self.pairs)

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """The best match has the greatest: all fits, layers are whole, as many tensors as can be fit."""
        count = sum(pair.fits for pair in self.pairs)
        return self.fits, self.goes_by_layers and count > 0, count


def matched(wanted: Sequence[Wanted], tensors: Iterable[Offered], convention: Convention) -> Match:
    """By name; else layer by layer, each the first that has tensors of these names and shapes; else tensor by tensor."""
    offered = [tensor for tensor in tensors if tensor.is_weight]
    ways = (
        _match(wanted, offered, BY_NAME, dict(_by_name(wanted, offered, convention))),
        _match(wanted, offered, BY_ORDER, dict(_by_layer(wanted, offered))),
        replace(_match(wanted, offered, BY_ORDER, dict(_by_shape(wanted, offered))), goes_by_layers=False),
    )
    return max(ways, key=lambda match: match.rank)


def _match(wanted: Sequence[Wanted], offered: Sequence[Offered], way: str, found: dict[Slot, Offered]) -> Match:
    """What was found, with all that was not beside each other."""
    taken = set(map(id, found.values()))
    left = [tensor for tensor in offered if id(tensor) not in taken]
    pairs = []
    for layer in wanted:
        is_there = any(slot in found for slot in layer.slots)
        for slot in layer.slots:
            # A bias that the other framework's layer does not have is 0.
            may_lack = is_there and slot.counterpart.where_missing is not None
            # What nothing fits stands beside what fits nothing.
            tensor = found.get(slot) or (left.pop(0) if left and not may_lack else None)
            pairs.append(Pair(slot, tensor, may_lack))
    return Match((*pairs, *(Pair(None, tensor) for tensor in left)), way)


def _by_name(wanted: Sequence[Wanted], offered: Sequence[Offered], convention: Convention) -> Iterator[tuple[Slot, Offered]]:
    """The layer's name as here, the tensor's as there."""
    named = {tensor.name: tensor for tensor in offered}
    for layer in wanted:
        for slot in layer.slots:
            name = f"{layer.name}{convention.separator}{slot.counterpart.name}"
            if name in named and named[name].shape == slot.shape_there:
                yield slot, named[name]


def _by_layer(wanted: Sequence[Wanted], offered: Sequence[Offered]) -> Iterator[tuple[Slot, Offered]]:
    """Tensors of one layer have the same name but for its end."""
    groups: dict[str, dict[str, Offered]] = {}
    for tensor in offered:
        owner, _, own = tensor.name.replace("/", ".").rpartition(".")
        groups.setdefault(owner, {})[own] = tensor
    free = list(groups.values())
    for layer in wanted:
        for place, group in enumerate(free):
            if (found := _fitted(layer, group)) is not None:
                yield from found
                del free[place]
                break


def _fitted(layer: Wanted, group: dict[str, Offered]) -> list[tuple[Slot, Offered]] | None:
    """The pairs, where this group has all that the layer must have, and nothing else."""
    pairs = []
    for slot in layer.slots:
        tensor = group.get(slot.counterpart.name)
        if tensor is None and slot.counterpart.where_missing is None:
            return None
        if tensor is not None:
            if tensor.shape != slot.shape_there:
                return None
            pairs.append((slot, tensor))
    return pairs if len(pairs) == len(group) else None


def _by_shape(wanted: Sequence[Wanted], offered: Sequence[Offered]) -> Iterator[tuple[Slot, Offered]]:
    """Each the first of its shape that is left, whatever it is called."""
    free = list(offered)
    for slot in (slot for layer in wanted for slot in layer.slots):
        at = next((place for place, tensor in enumerate(free) if tensor.shape == slot.shape_there), None)
        if at is not None:
            yield slot, free.pop(at)
