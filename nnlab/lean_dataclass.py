"""`dataclass` as the standard library has it, but nothing is compiled for a class of which there are few objects.

The standard one writes and compiles the source of up to six methods for each class: of the three hundred classes of a start
that was a third of the time in which nnlab's own modules are imported, and nine in ten of them have no or few objects by the
first frame. Here comparing, hashing, showing and refusing changes are plain functions; `__init__` is the standard library's
for a class that has made some objects. `fields`, `replace`, `asdict` and type checkers see no difference.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(kind=None, /, *, frozen=False, eq=True, kw_only=False):
        """Make a class one of fields: bare, or with those options of the standard library that are used here."""
        if kind is None:
            return lambda kind: dataclass(kind, frozen=frozen, eq=eq, kw_only=kw_only)
        own = dict(vars(kind))
        # Not frozen there: that alone would compile two methods.
        dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(kind)
        entries = dataclasses.fields(kind)
        methods = {"__init__": _first_init(kind, entries, frozen), "__repr__": _showing(entries)}
        if eq:
            methods |= _comparing(entries, frozen)
        if frozen:
            methods |= _refusing(kind, entries)
        for name, method in methods.items():
            # Beside an `__eq__` of its own Python has put None there, and not who wrote the class.
            if name not in own or (name == "__hash__" and own[name] is None and "__eq__" in own):
                setattr(kind, name, _named(method, name, kind))
        kind.__is_frozen__ = frozen
        return kind


# So many objects of a class take as long to make field by field as its `__init__` takes to compile, or less.
_FIRST = 24
_Fields = tuple["dataclasses.Field[Any]", ...]


def is_frozen(kind: type) -> bool:
    """Whether objects of this class are of a frozen dataclass, made here or by the standard library."""
    standard = getattr(kind, "__dataclass_params__", None)
    return bool(getattr(kind, "__is_frozen__", False) or (standard is not None and standard.frozen))


def _named(method: Any, name: str, kind: type) -> Any:
    """As if it had been written in the class."""
    if method is not None:
        method.__name__, method.__qualname__, method.__module__ = name, f"{kind.__qualname__}.{name}", kind.__module__
    return method


def _first_init(kind: Any, entries: _Fields, frozen: bool) -> Callable[..., None]:
    """Makes the first objects field by field, and gives way to a compiled `__init__` for more, or to say what is wrong."""
    places, names = [entry.name for entry in entries if not entry.kw_only], {entry.name for entry in entries}
    required = {entry.name for entry in entries if entry.default is MISSING and entry.default_factory is MISSING}
    put = object.__setattr__ if frozen else setattr
    left = _FIRST if all(entry.init for entry in entries) else 0

    def init(self: Any, *values: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        given = dict(zip(places, values, strict=False)) | named
        is_right = len(given) == len(values) + len(named) and required <= given.keys() <= names
        if left < 0 or not is_right:
            kind.__init__ = _compiled_init(kind, entries, frozen)
            kind.__init__(self, *values, **named)
            return
        for entry in entries:
            put(self, entry.name, given[entry.name] if entry.name in given else _default_of(entry))
        if hasattr(kind, "__post_init__"):
            self.__post_init__()

    return init


def _default_of(entry: "dataclasses.Field[Any]") -> Any:
    return entry.default if entry.default_factory is MISSING else entry.default_factory()


def _compiled_init(kind: Any, entries: _Fields, frozen: bool) -> Callable[..., None]:
    """The standard library's, of a class with the same fields."""
    # That there is one decides whether it is called; what is called is the object's own.
    after = {"__post_init__": None} if hasattr(kind, "__post_init__") else {}
    fields = [(entry.name, entry.type, entry) for entry in entries]
    model: Any = dataclasses.make_dataclass(
        kind.__name__, fields, namespace=after, frozen=frozen, repr=False, eq=False, match_args=False
    )
    init: Callable[..., None] = _named(model.__init__, "__init__", kind)
    return init


def _values(names: Iterable[str]) -> Callable[[Any], Any]:
    """The values of these fields of an object, as one tuple."""
    several = tuple(names)
    if len(several) > 1:
        return attrgetter(*several)
    return lambda holder: tuple(getattr(holder, name) for name in several)


def _comparing(entries: _Fields, frozen: bool) -> dict[str, Callable[..., Any] | None]:
    """Objects of one class are equal whose fields are; only frozen ones have a hash."""
    compared = _values(entry.name for entry in entries if entry.compare)
    hashed = _values(entry.name for entry in entries if (entry.compare if entry.hash is None else entry.hash))

    def equals(self: Any, other: object) -> bool:
        return bool(compared(self) == compared(other)) if other.__class__ is self.__class__ else NotImplemented

    def hash_of(self: Any) -> int:
        return hash(hashed(self))

    return {"__eq__": equals, "__hash__": hash_of if frozen else None}


def _showing(entries: _Fields) -> Callable[..., str]:
    names = [entry.name for entry in entries if entry.repr]

    @recursive_repr()
    def show(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return show


def _refusing(kind: Any, entries: _Fields) -> dict[str, Callable[..., None]]:
    """What is frozen has no field set or deleted; a class that derives from it may have attributes of its own."""
    names = {entry.name for entry in entries}

    def refuse_to_set(self: Any, name: str, value: Any) -> None:
        if type(self) is kind or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(kind, self).__setattr__(name, value)

    def refuse_to_delete(self: Any, name: str) -> None:
        if type(self) is kind or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(kind, self).__delattr__(name)

    return {"__setattr__": refuse_to_set, "__delattr__": refuse_to_delete}
