"""Which tensor of a file is which of the model: by names where they are alike, else in order and by shape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nnlab.experiments.imports.conventions import Convention
from nnlab.experiments.imports.offered import Offered
from nnlab.experiments.imports.wanted import Slot, Wanted

BY_NAME, BY_ORDER = "by name", "in order, by shape"


@dataclass(frozen=True, eq=False)
class Pair:
    """A tensor of the model and that of the file beside it; one of them is missing where nothing is like it.

    fits: whether this can be imported. A tensor that the file may lack fits without one.
    """

    slot: Slot | None
    offered: Offered | None
    fits: bool = False


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
    """What was found, with all that was not beside what is most like it."""
    taken = set(map(id, found.values()))
    left = [tensor for tensor in offered if id(tensor) not in taken]
    pairs = []
    for layer in wanted:
        is_there = any(slot in found for slot in layer.slots)
        for slot in layer.slots:
            # A bias that the other framework's layer does not have is 0.
            may_lack = is_there and slot.may_lack
            if slot in found or may_lack:
                pairs.append(Pair(slot, found.get(slot), True))
            else:
                pairs.append(Pair(slot, _most_like(slot, layer, left)))
    return Match((*pairs, *(Pair(None, tensor) for tensor in left)), way)


def _most_like(slot: Slot, layer: Wanted, left: list[Offered]) -> Offered | None:
    """Of what is left that with the same names, or the same last one, or as many axes; it is left no longer."""

    def likeness(tensor: Offered) -> tuple[bool, bool, bool]:
        own = _own(tensor) == slot.counterpart.name
        return own and _owner(tensor).endswith(layer.name), own, len(tensor.shape) == len(slot.shape)

    best = max(left, key=likeness, default=None)
    if best is None or not any(likeness(best)):
        return None
    left.remove(best)
    return best


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
        groups.setdefault(_owner(tensor), {})[_own(tensor)] = tensor
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
        if tensor is None and not slot.may_lack:
            return None
        if tensor is not None:
            if tensor.shape != slot.shape_there:
                return None
            pairs.append((slot, tensor))
    return pairs if len(pairs) == len(group) else None


def _by_shape(wanted: Sequence[Wanted], offered: Sequence[Offered]) -> Iterator[tuple[Slot, Offered]]:
    """Each the first of its shape that is left, whatever it is called; those of one layer there are of one layer here."""
    free, owners = list(offered), dict[str, str]()
    for layer in wanted:
        for slot in layer.slots:
            tensor = next((one for one in free if _could_be(slot, layer, one, owners)), None)
            if tensor is not None:
                owners[_owner(tensor)] = layer.name
                free.remove(tensor)
                yield slot, tensor


def _could_be(slot: Slot, layer: Wanted, tensor: Offered, owners: Mapping[str, str]) -> bool:
    owner = _owner(tensor)
    is_free = not owner or (owner not in owners and layer.name not in owners.values()) or owners.get(owner) == layer.name
    return is_free and tensor.shape == slot.shape_there


def _owner(tensor: Offered) -> str:
    """The layer that a tensor is of in the file; "" where its name does not say."""
    return tensor.name.replace("/", ".").rpartition(".")[0]


def _own(tensor: Offered) -> str:
    """What it is called in its layer."""
    return tensor.name.replace("/", ".").rpartition(".")[2]
