"""Where a layer stands in a list of layers that may have layers inside: edits there make a new list."""

from collections.abc import Callable, Iterator

from nnlab.errors import SettingError
from nnlab.models.layers import Layer
from nnlab.models.layers.combined import Branch, Combined

# From outside inwards, which branch and which layer of it; the list itself is branch 0. -1 is before the first layer.
Place = tuple[tuple[int, int], ...]
Change = Callable[[list[Layer], int], object]


def top_place(number: int) -> Place:
    """Of a layer of the list itself."""
    return ((0, number),)


def layer_at(layers: Branch, place: Place) -> Layer | None:
    """The layer that stands there; None before the first."""
    branches: tuple[Branch, ...] = (layers,)
    layer = None
    for branch, number in place:
        if branch >= len(branches) or not 0 <= number < len(branches[branch]):
            return None
        layer = branches[branch][number]
        branches = layer.branches if isinstance(layer, Combined) else ()
    return layer


def placed(layers: Branch) -> dict[Place, Layer]:
    """Every layer by its place, those inside of others too."""
    return dict(_placed((layers,), ()))


def _placed(branches: tuple[Branch, ...], around: Place) -> Iterator[tuple[Place, Layer]]:
    for branch, layers in enumerate(branches):
        for number, layer in enumerate(layers):
            place = (*around, (branch, number))
            yield place, layer
            if isinstance(layer, Combined):
                yield from _placed(layer.branches, place)


def replaced(layers: Branch, place: Place, layer: Layer) -> Branch:
    """Another layer there."""

    def change(own: list[Layer], number: int) -> None:
        own[number] = layer

    return _changed((layers,), place, change)[0]


def inserted(layers: Branch, place: Place, layer: Layer) -> Branch:
    """One more, behind what stands there."""
    return _changed((layers,), place, lambda own, number: own.insert(number + 1, layer))[0]


def removed(layers: Branch, place: Place) -> Branch:
    """Without what stands there; and without the layer around it, where that cannot be empty."""
    try:
        return _changed((layers,), place, lambda own, number: own.pop(number))[0]
    except SettingError:
        return removed(layers, place[:-1])


def swapped(layers: Branch, place: Place, by: int) -> Branch:
    """What stands there and its neighbour above (-1) or below (+1) change places; nothing at an end."""

    def change(own: list[Layer], number: int) -> None:
        other = number + by
        if 0 <= other < len(own):
            own[number], own[other] = own[other], own[number]

    return _changed((layers,), place, change)[0]


def moved(place: Place, by: int) -> Place:
    """So many layers further in the same branch."""
    *outer, (branch, number) = place
    return (*outer, (branch, number + by))


def _changed(branches: tuple[Branch, ...], place: Place, change: Change) -> tuple[Branch, ...]:
    (branch, number), *inner = place
    own = list(branches[branch])
    if inner:
        layer = own[number]
        assert isinstance(layer, Combined)
        own[number] = layer.with_branches(_changed(layer.branches, tuple(inner), change))
    else:
        change(own, number)
    return (*branches[:branch], tuple(own), *branches[branch + 1 :])
