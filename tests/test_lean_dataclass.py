"""The lean dataclass is held beside the standard library's: the same classes by both, and what is told of them."""

import copy
import dataclasses
import pickle
import re
import typing
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from functools import partial

import pytest

from nnlab.lean_dataclass import dataclass, is_frozen

Maker = Callable[..., Callable[[type], type]]


def made(by: Maker) -> dict[str, type]:
    """Classes of every manner that nnlab has, each by the same statement."""
    return {kind.__name__: kind for kind in (*inheriting(by), *peculiar(by))}


def inheriting(by: Maker) -> tuple[type, ...]:
    """A frozen class and what derives from it."""

    @by(frozen=True)
    class Layer:
        """A base."""

        units: int
        rate: float = 0.5
        names: tuple[str, ...] = ()
        cache: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
        kind: typing.ClassVar[str] = "layer"

        def __post_init__(self) -> None:
            object.__setattr__(self, "units", int(self.units))

    @by(frozen=True)
    class Dense(Layer):
        """Another default of what is inherited, and one more field."""

        rate: float = 0.1
        bias: bool = True

    class Derived(Layer):
        """Not a dataclass itself."""

    return Layer, Dense, Derived


def peculiar(by: Maker) -> tuple[type, ...]:
    """Classes with options, or methods of their own."""

    @by(frozen=True, eq=False)
    class Named:
        """Two are two."""

        name: str

    @by()
    class Open:
        """Its fields may change."""

        value: int = field(default=1, kw_only=True)
        first: int = 0

        def __repr__(self) -> str:
            return "mine"

    @by(frozen=True, kw_only=True)
    class OwnEquality:
        """What is written in the class stays."""

        value: int

        def __eq__(self, other: object) -> bool:
            return True

    @by(frozen=True)
    class Nothing:
        """No fields."""

    return Named, Open, OwnEquality, Nothing


# (class, how an object is made, how another one is)
OBJECTS = (
    ("Layer", lambda kind: kind(3), lambda kind: kind("3", names=("a",))),
    ("Dense", lambda kind: kind(3, bias=False), lambda kind: kind(3, 0.1, (), {}, False)),
    ("Named", lambda kind: kind("a"), lambda kind: kind("a")),
    ("Open", lambda kind: kind(2, value=5), lambda kind: kind(2)),
    ("OwnEquality", lambda kind: kind(value=1), lambda kind: kind(value=2)),
    ("Derived", lambda kind: kind(3), lambda kind: kind(4)),
    ("Nothing", lambda kind: kind(), lambda kind: kind()),
)


def outcome(do: Callable[[], object]) -> object:
    """What comes of it, or the fault."""
    try:
        return do()
    except Exception as fault:
        return type(fault), str(fault)


def told(kind: type, first: Callable[[type], object], second: Callable[[type], object]) -> list[object]:
    """All that two objects of a class tell."""
    one, other = first(kind), second(kind)
    names = [(entry.name, entry.type, entry.default) for entry in fields(one)]
    found = [
        names,
        asdict(one),
        asdict(copy.copy(one)),
        repr(one).partition("<locals>")[2],
        one == other,
        one == first(kind),
    ]
    found += [outcome(lambda: hash(one) == hash(other)), outcome(lambda: len({one, first(kind)}))]
    found += [outcome(partial(setattr, one, entry.name, 9)) for entry in fields(one)]
    found += [outcome(partial(delattr, other, entry.name)) for entry in fields(other)]
    found += [outcome(lambda: setattr(one, "more", 9)), asdict(replace(first(kind), **{name: 7 for name, *_ in names[:1]}))]
    return [*found, outcome(lambda: kind(1, 2, 3, 4, 5, 6, 7)), outcome(lambda: kind(strange=1)), kind.__match_args__]


@pytest.mark.parametrize(("name", "first", "second"), OBJECTS, ids=[case[0] for case in OBJECTS])
def test_a_class_tells_what_the_standard_one_tells(name: str, first: Callable, second: Callable):
    assert told(made(dataclass)[name], first, second) == told(made(dataclasses.dataclass)[name], first, second)


def test_a_class_is_frozen_where_it_says_so():
    for by in (dataclass, dataclasses.dataclass):
        found = {name: is_frozen(kind) for name, kind in made(by).items()}
        assert found == dict.fromkeys(found, True) | {"Open": False}
    assert not is_frozen(int)


@dataclass(frozen=True)
class Kept:
    """One that a file may hold."""

    values: list[int]
    itself: "list[Kept]"


def test_an_object_comes_out_of_a_pickle_as_it_was_before_any_was_made():
    words = b"\x80\x04\x95" + pickle.dumps(Kept([1], []), protocol=4)[3:]
    assert pickle.loads(words) == Kept([1], [])
    with pytest.raises(FrozenInstanceError):
        pickle.loads(words).values = []


def test_an_object_that_holds_itself_can_be_shown():
    one = Kept([], [])
    one.itself.append(one)
    assert repr(one) == "Kept(values=[], itself=[...])"


@pytest.mark.parametrize(("name", "first", "second"), OBJECTS, ids=[case[0] for case in OBJECTS])
def test_the_hundredth_object_is_as_the_first(name: str, first: Callable, second: Callable):
    kinds = made(dataclass)[name], made(dataclasses.dataclass)[name]
    before = kinds[0].__init__
    for _ in range(100):
        first(kinds[0])
    assert kinds[0].__init__ is not before, "no `__init__` was compiled, and objects are made slowly"
    assert told(kinds[0], first, second) == told(kinds[1], first, second)


def test_nothing_is_compiled_for_the_first_objects_of_a_class():
    kind = made(dataclass)["Dense"]
    before = kind.__init__
    kind(1), kind(2, bias=False)
    assert kind.__init__ is before
    with pytest.raises(TypeError, match=re.escape("Dense.__init__() missing 1 required positional argument: 'units'")):
        kind(rate=0.1)
    assert kind.__init__ is not before


def test_what_takes_no_part_in_the_making_of_an_object_is_left_out_of_it():
    for by in (dataclass, dataclasses.dataclass):

        @by()
        class Log:
            path: str
            lines: list[str] = field(init=False, default_factory=list)

        one = Log("a")
        one.lines.append("b")
        assert (one.path, one.lines, Log("a").lines) == ("a", ["b"], [])
        with pytest.raises(TypeError):
            Log("a", [])
