"""The [training] table: ranges, what each optimizer and schedule asks for, and what needs a fresh start."""

from dataclasses import fields, replace

import pytest

from nnlab.errors import SettingError
from nnlab.models.optimizers import OPTIMIZERS, Adam, AdamW, Momentum
from nnlab.models.regularizers import PENALTIES
from nnlab.models.schedules import SCHEDULES, Cosine, Plateau, Step
from nnlab.settings import Settings, describe, with_value
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
    "step": {"decay", "every"},
    "exponential": {"decay"},
    "cosine": set(),
    "plateau": {"decay", "every"},
}
OF_PENALTY = {"none": set(), "l2": {"l2"}, "l1": {"l1"}, "elastic_net": {"l1", "l2"}}


def shown(settings: Settings) -> set[str]:
    return {entry.name for entry in settings.shown_fields()}


def test_every_optimizer_schedule_and_penalty_has_a_row():
    assert set(OWN) == set(OPTIMIZERS)
    assert set(OF_SCHEDULE) == set(SCHEDULES)
    assert set(OF_PENALTY) == set(PENALTIES)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_its_own_numbers_alone(name: str):
    chosen = TrainingSettings(optimizer=name).optimizer
    assert type(chosen) is OPTIMIZERS[name]
    assert shown(chosen) == OWN[name]


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_its_own_numbers_alone(name: str):
    chosen = TrainingSettings(schedule=name).schedule
    assert type(chosen) is SCHEDULES[name]
    assert shown(chosen) == OF_SCHEDULE[name]


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_has_its_own_strengths_alone(name: str):
    chosen = TrainingSettings(penalty=name).penalty
    assert type(chosen) is PENALTIES[name]
    assert shown(chosen) == OF_PENALTY[name]


@pytest.mark.parametrize("batching", ["mini-batch", "full-batch", "single-sample"])
def test_the_batch_size_is_shown_where_it_counts(batching: str):
    assert ("batch_size" in shown(TrainingSettings(batching=batching))) == (batching == "mini-batch")


def test_a_choice_is_a_name_a_table_or_the_settings_themselves():
    assert TrainingSettings(optimizer="adam").optimizer == Adam()
    assert TrainingSettings(optimizer={"kind": "adam", "beta1": 0.5}).optimizer == Adam(beta1=0.5)
    assert TrainingSettings(optimizer=Adam(beta1=0.5)).optimizer == Adam(beta1=0.5)


def test_a_choice_is_written_as_a_name_while_its_numbers_are_as_at_first():
    assert TrainingSettings(optimizer="adam").to_table()["optimizer"] == "adam"
    written = TrainingSettings(optimizer=Momentum(0.5)).to_table()["optimizer"]
    assert written == {"kind": "momentum", "momentum": 0.5}


def test_another_kind_keeps_the_numbers_that_both_have():
    step = TrainingSettings(schedule=Step(decay=0.7, every=3))
    assert with_value(step, "schedule", "plateau").schedule == Plateau(decay=0.7, every=3)
    assert with_value(step, "schedule", "cosine").schedule == Cosine()
    assert with_value(step, "schedule.every", 9).schedule == Step(decay=0.7, every=9)


def test_an_optimizers_numbers_are_live_though_its_kind_is_not():
    settings, other = TrainingSettings(optimizer=Adam(), seed=3), TrainingSettings(optimizer=Adam(beta1=0.5), seed=4)
    assert settings.with_live(other) == TrainingSettings(optimizer=Adam(beta1=0.5), seed=3)
    assert not settings.needs_reset(TrainingSettings(optimizer=Adam(beta1=0.5), seed=3))
    assert settings.needs_reset(TrainingSettings(optimizer=AdamW(), seed=3))


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
    assert settings.with_live(other) == replace(other, optimizer=Adam(), seed=3)
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
        ("optimizer", {"kind": "momentum", "momentum": 1.0}, (".momentum", "at most 0.9999")),
        ("optimizer", {"kind": "adam", "beta2": -0.1}, (".beta2", "at least 0")),
        ("optimizer", {"kind": "adam", "epsilon": 0.0}, (".epsilon", "above 0")),
        ("optimizer", {"kind": "sgd", "momentum": 0.5}, (".momentum", "unknown setting")),
        ("optimizer", {"kind": "adam", "beta3": 0.5}, (".beta3", "did you mean 'beta")),
        ("optimizer", {"beta1": 0.5}, (".kind", "missing")),
        ("optimizer", Step(), ("text",)),
        ("batch_size", 0, ("at least 1",)),
        ("batch_size", 32.0, ("whole number",)),
        ("epochs", 0, ("at least 1",)),
        ("epochs", True, ("whole number",)),
        ("shuffle", 1, ("true or false",)),
        ("optimizer", "adm", ("'adm'", "did you mean 'adam'")),
        ("schedule", 3, ("text",)),
        ("batching", "batch", ("did you mean",)),
        ("penalty", {"kind": "l2", "l2": -1e-9}, (".l2", "at least 0")),
        ("schedule", {"kind": "step", "decay": 1.01}, (".decay", "at most 1")),
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
