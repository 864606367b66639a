"""Expressions that are written into a script, laid out as a formatter would."""

from dataclasses import dataclass

from nnlab.experiments.exports.scripts.layout import WIDTH


@dataclass(frozen=True)
class Call:
    """name(arguments): arguments are texts as they stand, calls, or lists of these."""

    name: str
    arguments: tuple[object, ...] = ()


def written(expression: object, indent: int = 0, before: int = 0, after: int = 1) -> str:
    """The text, at this indentation, with so many characters before and behind it in its line."""
    flat = _flat(expression)
    if indent + before + len(flat) + after <= WIDTH or isinstance(expression, str):
        return flat
    if isinstance(expression, Call):
        opening, entries, closing = f"{expression.name}(", list(expression.arguments), ")"
        inside = ", ".join(map(_flat, entries))
        if indent + 4 + len(inside) <= WIDTH:
            return f"{opening}\n{' ' * (indent + 4)}{inside}\n{' ' * indent}{closing}"
    else:
        assert isinstance(expression, list | tuple)
        opening, entries, closing = "[", list(expression), "]"
    lines = [f"{' ' * (indent + 4)}{written(entry, indent + 4)},\n" for entry in entries]
    return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}"


def _flat(expression: object) -> str:
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Call):
        return f"{expression.name}({', '.join(map(_flat, expression.arguments))})"
    assert isinstance(expression, list | tuple)
    return f"[{', '.join(map(_flat, expression))}]"
