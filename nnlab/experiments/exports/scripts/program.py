"""From some names to the whole of what they need: the parts of a script, and no others."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab.experiments.exports.scripts.folding import folded
from nnlab.experiments.exports.scripts.piece import Name, Outside, Piece, piece

SETTINGS = "settings"


@dataclass(frozen=True)
class Wanted:
    """What a script is made of.

    roots     the names that it must have
    settings  the values of constants, by name; those that are not given are as in pieces/settings.py
    slots     which module, or which name of a module, stands in the place of which:
              {"optimizers.momentum": "optimizers.adam", "network.Network": "machine.RBM"}
    written   modules written for this script, by name: they stand in the places of the pieces of these names
    """

    roots: tuple[Name, ...]
    settings: Mapping[str, Any]
    slots: Mapping[str, str]
    written: Mapping[str, Piece]


@dataclass(frozen=True)
class Part:
    """A definition of a script: a function, a class, or a value of its own."""

    name: str
    module: str
    source: str

    @property
    def docstring(self) -> str:
        """What it says about itself."""
        node = ast.parse(self.source).body[-1]
        return (ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""


@dataclass
class Program:
    """What was found, each thing behind what it needs."""

    parts: list[Part] = field(default_factory=list)
    constants: set[str] = field(default_factory=set)
    outside: set[Outside] = field(default_factory=set)
    tail: str = ""


def gathered(wanted: Wanted) -> Program:
    """The roots and all that they need."""
    gathering = _Gathering(wanted)
    for root in wanted.roots:
        gathering.add(root)
    gathering.program.parts = in_order(gathering.program.parts)
    return gathering.program


def in_order(parts: list[Part]) -> list[Part]:
    """The parts as they are, but each behind those that must be there when it is defined: bases, types, defaults."""
    waiting, placed = list(parts), list[Part]()
    while waiting:
        missing = {part.name for part in waiting}
        ready = (part for part in waiting if not (needed_at_once(part.source) - {part.name}) & missing)
        part = next(ready, waiting[0])
        waiting.remove(part)
        placed.append(part)
    return placed


def needed_at_once(source: str) -> set[str]:
    """The names that are looked up when a definition is read, and not only when it is called."""
    found: set[str] = set()
    nodes: list[ast.AST] = [*ast.parse(source).body]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef):
            nodes += [node.args, *node.decorator_list, *([node.returns] if node.returns else [])]
        else:
            found |= {node.id} if isinstance(node, ast.Name) else set()
            nodes += ast.iter_child_nodes(node)
    return found


class _Gathering:
    def __init__(self, wanted: Wanted) -> None:
        self.program = Program()
        self._wanted = wanted
        self._seen: dict[str, Name] = {}
        defaults = piece(SETTINGS).definitions
        unknown = sorted(set(wanted.settings) - set(defaults))
        if unknown:
            raise ValueError(f"pieces/settings.py has no {', '.join(unknown)}")

    def add(self, name: Name) -> str:
        """Have a name in the script; what it is called there."""
        found = self._in_place(name)
        handed_on = self._piece(found.module).imported.get(found.name)
        if isinstance(handed_on, Name):
            return self.add(handed_on)
        before = self._seen.get(found.name)
        if before is not None:
            if before != found:
                raise ValueError(f"{found.name} is in {before.module} and in {found.module}; call one of them otherwise")
            return found.name
        self._seen[found.name] = found
        own = self._piece(found.module)
        source = self._with_needs(own, own.definitions[found.name])
        self.program.parts.append(Part(found.name, found.module, source))
        if own.tail and own.tail not in self.program.tail:
            self.program.tail = own.tail
        return found.name

    def _with_needs(self, own: Piece, definition: str) -> str:
        known = {
            here: self._wanted.settings[target.name]
            for here, target in own.imported.items()
            if isinstance(target, Name) and target.module == SETTINGS and target.name in self._wanted.settings
        }
        source = folded(definition, known)
        renamed = {}
        for name in dict.fromkeys(names_in(source)):
            target = own.imported.get(name)
            if isinstance(target, Outside):
                self.program.outside.add(target)
            elif isinstance(target, Name) and target.module == SETTINGS:
                self.program.constants.add(target.name)
            elif isinstance(target, Name):
                renamed[name] = self.add(target)
            elif name in own.definitions and own.definitions[name] != definition:
                self.add(Name(own.module, name))
        return _renamed(source, {old: new for old, new in renamed.items() if old != new})

    def _in_place(self, name: Name) -> Name:
        slots = self._wanted.slots
        exact = slots.get(f"{name.module}.{name.name}")
        if exact is not None:
            module, _, own = exact.rpartition(".")
            return Name(module, own)
        return Name(slots.get(name.module, name.module), name.name)

    def _piece(self, module: str) -> Piece:
        return self._wanted.written.get(module) or piece(module)


def names_in(source: str) -> Iterable[str]:
    """All plain names that a definition uses, in the order of the text."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    return [node.id for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset))]


def _renamed(source: str, names: Mapping[str, str]) -> str:
    lines = [line.encode() for line in source.splitlines()]
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id in names]
    # From the end, so that the columns of those before stay right.
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line, new = lines[node.lineno - 1], names[node.id].encode()
        lines[node.lineno - 1] = line[: node.col_offset] + new + line[(node.end_col_offset or 0) :]
    return b"\n".join(lines).decode()
