"""Every optimizer, from its row in RULES: the published rule written out number by number, in plain Python."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.optimizers import OPTIMIZERS, Optimizer, Vectors
from nnlab.models.parameters import Parameters

SIZE = 30
RATE = 0.05
STEPS = 20

# The first numbers are weights, the others biases.
WEIGHTS = 20

# Where one parameter stands after each step, given where it starts, its gradients, and whether it is a weight.
Rule = Callable[[Optimizer, float, Iterable[float], bool], Iterator[float]]


def sgd(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    for g in gradients:
        yield (p := p - RATE * g)


def momentum(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    v = 0.0
    for g in gradients:
        v = rule.momentum * v + g
        yield (p := p - RATE * v)


def nesterov(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    v = 0.0
    for g in gradients:
        v = rule.momentum * v + g
        yield (p := p - RATE * (g + rule.momentum * v))


def rmsprop(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    v = 0.0
    for g in gradients:
        v = rule.smoothing * v + (1 - rule.smoothing) * g**2
        yield (p := p - RATE * g / (math.sqrt(v) + rule.epsilon))


def adagrad(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    s = 0.0
    for g in gradients:
        s += g**2
        yield (p := p - RATE * g / (math.sqrt(s) + rule.epsilon))


def adam(rule: Optimizer, p: float, gradients: Iterable[float], is_weight: bool) -> Iterator[float]:
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = rule.beta1 * m + (1 - rule.beta1) * g
        v = rule.beta2 * v + (1 - rule.beta2) * g**2
        if is_weight:
            p -= RATE * getattr(rule, "weight_decay", 0.0) * p
        yield (p := p - RATE * (m / (1 - rule.beta1**t)) / (math.sqrt(v / (1 - rule.beta2**t)) + rule.epsilon))


RULES: dict[str, tuple[Rule, dict[str, float]]] = {
    "sgd": (sgd, {}),
    "momentum": (momentum, {"momentum": 0.7}),
    "nesterov": (nesterov, {"momentum": 0.7}),
    "rmsprop": (rmsprop, {"smoothing": 0.8, "epsilon": 1e-3}),
    "adagrad": (adagrad, {"epsilon": 1e-3}),
    "adam": (adam, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}),
    "adamw": (adam, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.3}),
}


def vectors_for(rule: Optimizer, size: int = SIZE) -> Vectors:
    return {name: np.zeros(size) for name in (*rule.vectors, "scratch")}


def take_step(rule: Optimizer, values: Array, gradient: Array, vectors: Vectors, step: int) -> None:
    """Changes the values in place."""
    parameters = Parameters({"weight": (WEIGHTS, 1), "bias": (SIZE - WEIGHTS,)}, values.dtype)
    parameters.values[...], parameters.gradient[...] = values, gradient
    rule.update(parameters, vectors, RATE, step)
    np.testing.assert_array_equal(parameters.gradient, gradient, "the gradient must be left as it is")
    values[...] = parameters.values


def gradients(count: int = STEPS) -> Array:
    """(count, SIZE), of very different magnitudes."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, SIZE)) * 10.0 ** rng.uniform(-4, 2, SIZE)


@pytest.fixture(params=OPTIMIZERS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_every_optimizer_has_a_row():
    assert set(RULES) == set(OPTIMIZERS)


@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "own numbers"])
def test_twenty_steps_follow_the_published_rule(name: str, defaults: bool):
    reference, numbers = RULES[name]
    rule = OPTIMIZERS[name](**({} if defaults else numbers))
    vectors, values = vectors_for(rule), np.ones(SIZE)
    history = []
    for step, gradient in enumerate(gradients(), 1):
        take_step(rule, values, gradient, vectors, step)
        history.append(values.copy())
    columns = enumerate(gradients().T.tolist())
    expected = [list(reference(rule, 1.0, column, place < WEIGHTS)) for place, column in columns]
    np.testing.assert_allclose(np.array(history).T, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "own numbers"])
def test_twenty_steps_follow_the_numpy_line(name: str, defaults: bool):
    rule = OPTIMIZERS[name](**({} if defaults else RULES[name][1]))
    line = rule.numpy_line()
    assert "\n" not in line
    is_weight = (np.arange(SIZE) < WEIGHTS).astype(float)
    names = {"np": np, "lr": RATE, "w": is_weight, "p": np.ones(SIZE)} | dict.fromkeys("mvs", np.zeros(SIZE))
    vectors, values = vectors_for(rule), np.ones(SIZE)
    for step, gradient in enumerate(gradients(), 1):
        exec(line, names | {"__builtins__": {}}, following := names | {"g": gradient, "t": step})
        names |= {key: following[key] for key in "pmvs"}
        take_step(rule, values, gradient, vectors, step)
        np.testing.assert_allclose(values, names["p"], rtol=1e-9, atol=1e-12)


# What a letter of the formula is called among the settings, or is not one of them.
LETTERS = {"μ": "momentum", "β₁": "beta1", "β₂": "beta2", "ε": "epsilon", "λ": "weight_decay", "a": "smoothing"}


def test_the_formula_has_a_letter_for_every_setting_and_for_no_other(name: str):
    rule = OPTIMIZERS[name]
    named = {LETTERS[letter] for letter in LETTERS if re.search(rf"(?<!\w){letter}(?![a-z])", rule.formula)}
    settings = {entry.name for entry in fields(rule)}
    assert named == (
        settings if "as Adam" not in rule.formula else settings - {entry.name for entry in fields(OPTIMIZERS["adam"])}
    )


def test_single_precision_stays_single(name: str):
    rule = OPTIMIZERS[name]()
    vectors = {key: vector.astype(np.float32) for key, vector in vectors_for(rule).items()}
    values = np.ones(SIZE, np.float32)
    for step, gradient in enumerate(gradients().astype(np.float32), 1):
        take_step(rule, values, gradient, vectors, step)
    assert np.isfinite(values).all()
    assert {vector.dtype for vector in vectors.values()} == {np.dtype(np.float32)}


def test_all_memory_is_in_the_declared_vectors_and_the_step(name: str):
    rule = OPTIMIZERS[name]()
    vectors, values = vectors_for(rule), np.ones(SIZE)
    for step, gradient in enumerate(gradients(), 1):
        if step == 11:
            # Everything but what is declared is thrown away: a resumed run has no more than that.
            vectors = {key: vectors[key].copy() for key in rule.vectors} | {"scratch": np.full(SIZE, np.nan)}
        take_step(rule, values, gradient, vectors, step)
    straight_vectors, straight = vectors_for(rule), np.ones(SIZE)
    for step, gradient in enumerate(gradients(), 1):
        take_step(OPTIMIZERS[name](), straight, gradient, straight_vectors, step)
    assert values.tobytes() == straight.tobytes()


def test_a_bowl_is_descended(name: str):
    rule = OPTIMIZERS[name]()
    vectors, values = vectors_for(rule), np.linspace(-1, 1, SIZE)
    for step in range(1, 301):
        take_step(rule, values, values.copy(), vectors, step)
    assert np.abs(values).max() < 0.2


def test_no_step_is_taken_where_there_never_was_a_slope(name: str):
    rule, values = OPTIMIZERS[name](), np.ones(SIZE)
    take_step(rule, values, np.zeros(SIZE), vectors_for(rule), 1)
    np.testing.assert_array_equal(values[WEIGHTS:], 1)
    np.testing.assert_allclose(values[:WEIGHTS], 1 - RATE * getattr(rule, "weight_decay", 0.0))


class Watched(np.ndarray):
    """A vector that counts how many passes are made over it."""

    passes = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **more):
        Watched.passes += 2 if ufunc in (np.sqrt, np.divide) else 1
        plain = [np.asarray(one) if isinstance(one, Watched) else one for one in inputs]
        found = getattr(ufunc, method)(*plain, out=tuple(map(np.asarray, out or ())) or None, **more)
        return out[0] if out else found.view(Watched)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_makes_as_many_passes_as_the_plan_of_a_step_counts(name: str):
    rule = OPTIMIZERS[name]()
    parameters = Parameters({"dense1.weight": (WEIGHTS, 1), "dense1.bias": (SIZE - WEIGHTS,)})
    parameters.values, parameters.gradient = parameters.values.view(Watched), parameters.gradient.view(Watched)
    vectors = {key: np.zeros(SIZE, np.float32).view(Watched) for key in (*rule.vectors, "scratch")}
    Watched.passes = 0
    rule.update(parameters, vectors, RATE, 1)
    assert Watched.passes == rule.passes
