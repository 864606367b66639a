"""How the columns of a network lie to each other: how far behind the input, and how many beside each other."""

from collections.abc import Sequence

from nnlab.probes.columns import Column

Lane = tuple[tuple[str, int], ...]


def ranks_of(columns: Sequence[Column]) -> tuple[int, ...]:
    """How many columns come before each one on the longest way from the input."""
    ranks: list[int] = []
    for column in columns:
        ranks.append(1 + max((ranks[source] for source in column.sources), default=-1))
    return tuple(ranks)


def ways_at(columns: Sequence[Column], place: int) -> tuple[tuple[int, Lane], ...]:
    """Of a column in which branches are joined each way that leads to it: the column at its end, and the lane it lies in.

    A way around lies in a lane without columns; that of a residual is no branch, and comes first.
    """
    column = columns[place]
    if column.joins is None:
        return ()
    first = -1 if column.joins.goes_around else 0
    return tuple((source, (*column.lanes, (column.name, number))) for number, source in enumerate(column.sources, first))


def rows_of(columns: Sequence[Column], lane: Lane = ()) -> int:
    """How many columns lie above each other in a lane; none in one that leads around."""
    inside = [place for place, column in enumerate(columns) if column.lanes == lane]
    joins = [place for place in inside if columns[place].joins is not None]
    beside = [sum(rows_of(columns, way) for _, way in ways_at(columns, place)) for place in joins]
    return max([bool(inside), *beside])
