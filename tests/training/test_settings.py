"""The [training] table: ranges, what each optimizer and schedule asks for, and what needs a fresh start."""

from dataclasses import fields, replace

import pytest

from nnlab.errors import SettingError
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.schedules import SCHEDULES
from nnlab.settings import describe
from nnlab.training import TrainingSettings
from tests.sentences import assert_one_sentence

OWN = {
    "sgd": set(),
    "momentum": {"momentum"},
    "nesterov": {"momentum"},
    "rmsprop": {"smoothing", "epsilon"},
    "adagrad": {"epsilon"},
    "adam": {"beta1", "beta2", "epsilon"},
    "adamw": {"beta1", "beta2", "epsilon", "weight_decay"},
}
OF_SCHEDULE = {
    "constant": set(),
    "step": {"decay", "decay_every"},
    "exponential": {"decay"},
    "cosine": set(),
    "plateau": {"decay", "decay_every"},
}


def shown(settings: TrainingSettings) -> set[str]:
    return {entry.name for entry in settings.shown_fields()}


def test_every_optimizer_and_schedule_has_a_row():
    assert set(OWN) == set(OPTIMIZERS)
    assert set(OF_SCHEDULE) == set(SCHEDULES)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizers_numbers_are_shown_with_it_alone(optimizer: str):
    every = set().union(*OWN.values())
    assert shown(TrainingSettings(optimizer=optimizer)) & every == OWN[optimizer]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedules_numbers_are_shown_with_it_alone(schedule: str):
    assert shown(TrainingSettings(schedule=schedule)) & {"decay", "decay_every"} == OF_SCHEDULE[schedule]


@pytest.mark.parametrize("batching", ["mini-batch", "full-batch", "single-sample"])
def test_the_batch_size_is_shown_where_it_counts(batching: str):
    assert ("batch_size" in shown(TrainingSettings(batching=batching))) == (batching == "mini-batch")


def test_the_chosen_optimizer_gets_its_own_numbers():
    numbers = {"momentum": 0.5, "beta1": 0.6, "beta2": 0.7, "epsilon": 0.1, "smoothing": 0.8, "weight_decay": 0.9}
    for name, own in OWN.items():
        rule = TrainingSettings(optimizer=name, **numbers).optimizer_rule()
        assert rule == OPTIMIZERS[name](**{number: numbers[number] for number in own})


def test_defaults_of_an_optimizers_numbers_are_the_optimizers():
    settings = TrainingSettings()
    for rule in OPTIMIZERS.values():
        assert all(getattr(settings, entry.name) == entry.default for entry in fields(rule))


@pytest.mark.parametrize(
    ("batching", "examples", "expected"),
    [("mini-batch", 100, 30), ("mini-batch", 20, 20), ("full-batch", 100, 100), ("single-sample", 100, 1)],
)
def test_examples_per_step(batching: str, examples: int, expected: int):
    assert TrainingSettings(batching=batching, batch_size=30).effective_batch_size(examples) == expected


def test_only_the_optimizer_and_the_seed_need_a_fresh_start():
    still = {entry.name for entry in fields(TrainingSettings) if not describe(entry).live}
    assert still == {"optimizer", "seed"}
    settings = TrainingSettings()
    assert not settings.needs_reset(settings)
    assert settings.needs_reset(replace(settings, optimizer="adam"))
    assert settings.needs_reset(replace(settings, seed=1))
    assert not settings.needs_reset(replace(settings, learning_rate=0.5, epochs=7, shuffle=False))


def test_live_settings_can_be_taken_over_alone():
    settings = TrainingSettings(optimizer="adam", seed=3)
    other = TrainingSettings(optimizer="sgd", seed=4, learning_rate=0.5, epochs=7, shuffle=False)
    assert settings.with_live(other) == replace(other, optimizer="adam", seed=3)
    assert not settings.needs_reset(settings.with_live(other))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("learning_rate", 0, ("above 0",)),
        ("learning_rate", -0.1, ("above 0",)),
        ("learning_rate", float("nan"), ("nan",)),
        ("learning_rate", float("inf"), ("inf",)),
        ("learning_rate", "0.1", ("a number",)),
        ("learning_rate", True, ("a number",)),
        ("momentum", 1.0, ("at most 0.9999",)),
        ("beta2", -0.1, ("at least 0",)),
        ("epsilon", 0.0, ("above 0",)),
        ("batch_size", 0, ("at least 1",)),
        ("batch_size", 32.0, ("whole number",)),
        ("epochs", 0, ("at least 1",)),
        ("epochs", True, ("whole number",)),
        ("shuffle", 1, ("true or false",)),
        ("optimizer", "adm", ("'adm'", "did you mean 'adam'")),
        ("schedule", 3, ("text",)),
        ("batching", "batch", ("did you mean",)),
        ("l2", -1e-9, ("at least 0",)),
        ("decay", 1.01, ("at most 1",)),
        ("patience", -1, ("at least 0",)),
        ("keep", "first", ("known",)),
        ("seed", 2**31, ("at most",)),
    ],
)
def test_a_value_out_of_range_or_of_the_wrong_type_is_named(name: str, value, words):
    with pytest.raises(SettingError) as caught:
        TrainingSettings(**{name: value})
    assert_one_sentence(caught.value, f"training.{name}", *words)


def test_a_whole_number_will_do_for_a_number():
    assert TrainingSettings(learning_rate=1).learning_rate == 1.0
    assert isinstance(TrainingSettings(learning_rate=1).learning_rate, float)
