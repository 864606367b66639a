"""A piece taken apart: its definitions with their source, and what the names in it stand for."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

# Said to the type checker of the pieces, of which each is checked as if it stood in one script alone.
_TYPE_REMARK = re.compile(r"  # type: ignore\[[\w, -]+\]$")
_PIECES = "nnlab.experiments.exports.scripts.pieces"


class Name(NamedTuple):
    """A name in a piece; of a module that is none of ours the module's own name stands in `outside`."""

    module: str
    name: str


@dataclass(frozen=True)
class Outside:
    """An import of a script: `import module as alias`, or `from module import name`."""

    module: str
    name: str = ""
    alias: str = ""


@dataclass(frozen=True)
class Piece:
    """definitions: the source of each, with the comments above it    imported: what is imported, by its name here

    remarks: of constants, what is said behind them    tail: what runs when the file does, or ""
    """

    module: str
    definitions: Mapping[str, str]
    imported: Mapping[str, Name | Outside]
    remarks: Mapping[str, str]
    tail: str = ""


@cache
def piece(module: str) -> Piece:
    """That of a module, as it is called inside of the pieces: data.split."""
    return taken_apart(module, _place(module).read_text(encoding="utf-8"))


def has_piece(module: str) -> bool:
    """Whether there is one."""
    return _place(module).is_file()


def pieces_in(folder: str) -> tuple[str, ...]:
    """The names of those in a folder."""
    files = resources.files(_PIECES).joinpath(folder).iterdir()
    return tuple(
        sorted(file.name.removesuffix(".py") for file in files if file.name[0] != "_" and file.name.endswith(".py"))
    )


def _place(module: str) -> Traversable:
    *folders, name = module.split(".")
    return resources.files(_PIECES).joinpath(*folders, f"{name}.py")


def taken_apart(module: str, source: str) -> Piece:
    """A piece from its source."""
    lines = source.splitlines()
    definitions: dict[str, str] = {}
    imported: dict[str, Name | Outside] = {}
    remarks: dict[str, str] = {}
    tail = ""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= _imports(module, node)
        elif isinstance(node, ast.If):
            tail = _text(lines, node)
        elif (name := _defined(node)) is not None:
            definitions[name] = _text(lines, node)
            _, _, remark = lines[(node.end_lineno or 0) - 1].partition("  # ")
            remarks[name] = remark
    return Piece(module, definitions, imported, remarks, tail)


def _defined(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _text(lines: list[str], node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(_TYPE_REMARK.sub("", line) for line in lines[start : node.end_lineno])


def _imports(module: str, node: ast.Import | ast.ImportFrom) -> dict[str, Name | Outside]:
    if isinstance(node, ast.Import):
        return {one.asname or one.name: Outside(one.name, alias=one.asname or "") for one in node.names}
    if not node.level:
        return {one.asname or one.name: Outside(node.module or "", one.name, one.asname or "") for one in node.names}
    above = module.split(".")[: -node.level]
    target = ".".join([*above, *((node.module or "").split("."))])
    return {one.asname or one.name: Name(target, one.name) for one in node.names}
