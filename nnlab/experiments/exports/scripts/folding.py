"""Leaves out of a piece what an experiment does not ask for: `if CONSTANT:` where the constant's value is known."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Known = Mapping[str, Any]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def folded(source: str, known: Known) -> str:
    """The source of a definition without the branches that these values rule out; comments and layout stay as they are."""
    while True:
        changed = _without_one(source, known)
        if changed is None:
            return source
        source = changed


def _without_one(source: str, known: Known) -> str | None:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and (holds := truth_of(node.test, known)) is not None:
            return _chosen_block(source, node, holds)
        if isinstance(node, ast.If | ast.IfExp) and (shorter := _without_known(source, node.test, known)) is not None:
            return shorter
        if isinstance(node, ast.IfExp) and (holds := truth_of(node.test, known)) is not None:
            return _chosen_value(source, node, holds)
    return None


def truth_of(test: ast.expr, known: Known) -> bool | None:
    """Whether a condition holds, as far as it is about known values; None where that leaves it open."""
    if isinstance(test, ast.Name):
        return bool(known[test.id]) if test.id in known else None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        holds = truth_of(test.operand, known)
        return None if holds is None else not holds
    if isinstance(test, ast.BoolOp):
        found = [truth_of(value, known) for value in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        compare = _COMPARISONS.get(type(test.ops[0]))
        if compare and isinstance(left, ast.Name) and left.id in known and isinstance(right, ast.Constant):
            return compare(known[left.id], right.value)
    return None


def _chosen_block(source: str, node: ast.If, holds: bool) -> str:
    lines = source.splitlines()
    assert node.end_lineno is not None
    assert node.test.end_lineno is not None
    assert node.body[-1].end_lineno is not None
    before, after = lines[: node.lineno - 1], lines[node.end_lineno :]
    if lines[node.lineno - 1].lstrip().startswith("elif"):
        raise ValueError(f"a piece has an elif about a constant, nest it: {lines[node.lineno - 1].strip()}")
    if holds:
        chosen = lines[node.test.end_lineno : node.body[-1].end_lineno]
    elif node.orelse:
        start = next(
            number
            for number in range(node.body[-1].end_lineno, node.end_lineno)
            if lines[number].startswith(f"{' ' * node.col_offset}else:")
        )
        chosen = lines[start + 1 : node.end_lineno]
    else:
        chosen = []
    return "\n".join([*before, *(line.removeprefix("    ") for line in chosen), *after])


def _without_known(source: str, test: ast.expr, known: Known) -> str | None:
    """The source with a condition in which what is known and decides nothing is left out; None where there is no such."""
    if not isinstance(test, ast.BoolOp):
        return None
    left = [value for value in test.values if truth_of(value, known) is None]
    if not left or len(left) == len(test.values):
        return None
    word = " and " if isinstance(test.op, ast.And) else " or "
    return _replaced(source, test, word.join(ast.get_source_segment(source, value) or "" for value in left))


def _chosen_value(source: str, node: ast.IfExp, holds: bool) -> str:
    return _replaced(source, node, ast.get_source_segment(source, node.body if holds else node.orelse) or "")


def _replaced(source: str, node: ast.expr, text: str) -> str:
    assert node.lineno == node.end_lineno, "what is about a constant stands in one line"
    lines = source.splitlines()
    line = lines[node.lineno - 1].encode()
    lines[node.lineno - 1] = (line[: node.col_offset] + text.encode() + line[node.end_col_offset :]).decode()
    return "\n".join(lines)
