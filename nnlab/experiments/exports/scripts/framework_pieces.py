"""Pieces that are written for one experiment in the words of a framework: its layers, loss, optimizer and penalty."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.calls import Call, written
from nnlab.experiments.exports.scripts.frameworks import Framework, names_for
from nnlab.experiments.exports.scripts.network_constants import layers_before_loss, tied_layers_of
from nnlab.experiments.exports.scripts.piece import Piece
from nnlab.experiments.exports.scripts.shared import Parts
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.sequence import layer_shapes


def pieces_of_training(framework: Framework, parts: Parts) -> dict[str, Piece]:
    """Optimizer and penalty, by name."""
    definitions = {
        "optimizer": {"Optimizer": _optimizer(framework, parts)},
        "penalty": {"add_penalty": _penalty(framework, parts)},
    }
    return _pieces(framework, definitions)


def pieces_of_network(framework: Framework, parts: Parts) -> dict[str, Piece]:
    """Layers, their start, and the loss, by name."""
    model: Any = parts.model
    definitions = {
        "layers_of": {"architecture": _architecture(framework, model), "start": _start(model)},
        "loss_of": {"loss_of": _loss(framework, parts)},
    }
    return _pieces(framework, definitions)


def _pieces(framework: Framework, definitions: Mapping[str, Mapping[str, str]]) -> dict[str, Piece]:
    names = names_for(framework)
    return {
        framework.named(file): Piece(framework.named(file), own, names, dict.fromkeys(own, ""))
        for file, own in definitions.items()
    }


def _architecture(framework: Framework, model: Any) -> str:
    """The network; of tied weights the encoder's layers have names."""
    layers, tied = layers_before_loss(model), tied_layers_of(model)
    shapes = (model.input_shape, *model.shapes)
    lines, entries = [], []
    for place, (layer, name, shape) in enumerate(zip(layers, model.names, shapes, strict=False)):
        row = _row(framework, layer, name, shape)
        if place in tied:
            entries.append(framework.tied.format(layer=model.names[tied[place]]))
        elif place in tied.values():
            entries.append(name)
            lines.append(f"    {name} = {laid_out(row, 4, len(name) + 3)}")
        elif row:
            entries.append(row)
    text = framework.network.format(layers=", ".join(entries), shape=tuple(model.input_shape))
    returned = f"    return {laid_out(text, 4, len('return '))}"
    head = [f"def architecture() -> {framework.network_type}:", '    """The layers, one behind the other."""']
    return "\n".join([*head, *lines, returned])


def _row(framework: Framework, layer: Layer, name: str, shape: tuple[int, ...]) -> str:
    row = layer.written_in(framework.name, shape)
    if row is None:
        lacking = next(one for one in _all_in(layer) if one.written_in(framework.name, shape) is None)
        has = ", ".join(kind for kind, one in LAYERS.items() if framework.name in one.elsewhere)
        raise UnsupportedExportError(f"{name}: {framework.title} has no layer of the kind {lacking.kind}; it has {has}")
    return row


def _all_in(layer: Layer) -> Iterator[Layer]:
    """The innermost first."""
    for _, inner in layer.inner_layers:
        yield from _all_in(inner)
    yield layer


def _start(model: Any) -> str:
    """What all tensors begin at, in the order of the layers; weights that are another layer's are left out."""
    layers, tied = layers_before_loss(model), tied_layers_of(model)
    shapes = (model.input_shape, *layer_shapes(layers, model.input_shape))
    entries: list[object] = []
    for place, (layer, name, shape) in enumerate(zip(layers, model.names, shapes, strict=False)):
        start = layer.written_start(shape, f'random_stream(SEED, "{name}.initialize")')
        entries += [parsed(line) for tensor, line in start.items() if place not in tied or tensor == "bias"]
    head = [
        "def start() -> list[np.ndarray]:",
        '    """What every tensor starts from, layer by layer, as nnlab draws it."""',
    ]
    return "\n".join([*head, f"    return {written(entries, 4, len('return '), 0)}"])


def _loss(framework: Framework, parts: Parts) -> str:
    model: Any = parts.model
    has_labels = parts.experiment.model.predicts_targets and parts.settings["LABELLED"]
    values = "as_values(targets, outputs)" if has_labels else "targets"
    text = _with_constants(framework, model.loss, "loss", values=values)
    head = [
        "def loss_of(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:",
        f'    """{model.loss.formula}"""',
    ]
    return "\n".join([*head, f"    return {laid_out(text, 4, len('return '))}"])


def _optimizer(framework: Framework, parts: Parts) -> str:
    rule = parts.experiment.training.optimizer
    text = _with_constants(framework, rule, "optimizer", rate="LEARNING_RATE")
    formula = _documented(rule.formula)
    return framework.optimizer.format(formula=formula, rule=laid_out(text, 8, len("self.rule = ")))


def _penalty(framework: Framework, parts: Parts) -> str:
    penalty = parts.experiment.training.penalty
    constants = {entry.name: entry.name.upper() for entry in fields(penalty)}
    is_partial = len(parts.experiment.model.phases) > 1
    lines = [line.format(**constants) for line in penalty.elsewhere.get(framework.name, ())]
    return "\n".join(
        [
            "@torch.no_grad()",
            f"def add_penalty(tensors: list[{framework.tensor_type}]) -> None:",
            '    """Add the gradient of the penalty on the weights."""',
            f"    for weight in {framework.weights}:",
            "        gradient = weight.grad",
            *(["        if gradient is None:  # it does not learn now", "            continue"] if is_partial else []),
            *(f"        {line}" for line in lines),
        ]
    )


def _with_constants(framework: Framework, chosen: Any, what: str, **words: str) -> str:
    """A row with the constants' names in the places of its settings."""
    row = chosen.elsewhere.get(framework.name)
    if row is None:
        raise UnsupportedExportError(f"{framework.title} has no {what} {type(chosen).__name__}; choose another")
    return str(row.format(**{entry.name: entry.name.upper() for entry in fields(chosen)}, **words))


def _documented(formula: str) -> str:
    """A formula over the lines of a docstring, where it is long."""
    first, *others = formula.replace(",  ", ",\n    ").split("\n")
    return "\n".join([first, *others, *(["    "] if others else [])])


def laid_out(text: str, indent: int, before: int) -> str:
    """An expression over as many lines as it takes, at this indentation, with so many characters before it."""
    return written(parsed(text), indent, before, 0)


def parsed(text: str) -> object:
    """An expression taken apart where lines may be broken: calls and lists."""
    return _parts_of(ast.parse(text, mode="eval").body, text)


def _parts_of(node: ast.expr, text: str) -> object:
    source = ast.get_source_segment(text, node) or ""
    if isinstance(node, ast.List):
        return [_parts_of(entry, text) for entry in node.elts]
    if isinstance(node, ast.Call):
        name = ast.get_source_segment(text, node.func) or ""
        keywords = (f"{one.arg}={ast.get_source_segment(text, one.value)}" for one in node.keywords)
        return Call(name, (*(_parts_of(entry, text) for entry in node.args), *keywords))
    return source
