"""Settings that describe themselves: checked when they are made, read from and written to plain tables."""

from dataclasses import FrozenInstanceError, dataclass, fields
from typing import ClassVar

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import SettingError
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.settings import Description, Settings, describe, largest, nearest, setting
from nnlab.training import TrainingSettings


@dataclass(frozen=True)
class Oven(Settings):
    section: ClassVar[str] = "oven"

    degrees: float = setting(180.0, "Temperature", above=0.0, maximum=300.0, unit="°C")
    minutes: int = setting(30, "Time", minimum=1)
    fan: bool = setting(False, "Fan")
    level: str = setting("middle", "Level", choices=("low", "middle", "high"), shown=lambda oven: not oven.fan)
    note: str = "plain"


EVERY = [DatasetSettings, TrainingSettings, *MODELS.values(), *LAYERS.values(), *OPTIMIZERS.values()]


@pytest.mark.parametrize("table", [{}, {"degrees": 200.5}, {"minutes": 1, "fan": True, "level": "high", "note": "x"}])
def test_a_table_comes_back(table):
    oven = Oven.from_table(table)
    assert Oven.from_table(oven.to_table()) == oven
    assert {name: getattr(oven, name) for name in table} == table


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"degree": 200}, "oven.degree: unknown setting; did you mean 'degrees'?"),
        ({"xyz": 1}, "oven.xyz: unknown setting; known are: degrees, fan, level, minutes, note"),
        ({"degrees": "hot"}, "oven.degrees: 'hot' is not a number"),
        ({"degrees": False}, "oven.degrees: False is not a number"),
        ({"degrees": 0}, "oven.degrees: 0 is out of range; it must be above 0 and at most 300"),
        ({"degrees": 301}, "oven.degrees: 301 is out of range; it must be above 0 and at most 300"),
        ({"degrees": float("nan")}, "oven.degrees: nan is out of range; it must be above 0 and at most 300"),
        ({"minutes": 0}, "oven.minutes: 0 is out of range; it must be at least 1"),
        ({"minutes": 1.0}, "oven.minutes: 1.0 is not a whole number"),
        ({"minutes": True}, "oven.minutes: True is not a whole number"),
        ({"fan": 1}, "oven.fan: 1 is not true or false"),
        ({"level": 2}, "oven.level: 2 is not a text in quotes"),
        ({"level": "midle"}, "oven.level: 'midle' is not known; did you mean 'middle'?"),
        ({"level": "7"}, "oven.level: '7' is not known; known are: high, low, middle"),
    ],
)
def test_a_mistake_says_where_what_and_what_to_do(table, sentence: str):
    with pytest.raises(SettingError) as caught:
        Oven.from_table(table)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [1e-9, 300, 300.0])
def test_the_ends_of_a_range_belong_to_it_where_it_says_so(value):
    assert Oven(degrees=value).degrees == value


def test_a_whole_number_becomes_a_number():
    assert isinstance(Oven(degrees=200).degrees, float)


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Oven().degrees = 3


def test_a_field_is_shown_where_it_matters():
    assert [entry.name for entry in Oven().shown_fields()] == ["degrees", "minutes", "fan", "level", "note"]
    assert [entry.name for entry in Oven(fan=True).shown_fields()] == ["degrees", "minutes", "fan", "note"]


def test_a_bare_field_is_described_by_its_name():
    assert describe(fields(Oven)[-1]) == Description("note")


def test_the_largest_number_is_that_of_the_field():
    assert largest(Oven, "degrees") == 300
    for name in ("epochs", "seed"):
        most = largest(TrainingSettings, name)
        assert getattr(TrainingSettings(**{name: most}), name) == most
        with pytest.raises(SettingError):
            TrainingSettings(**{name: most + 1})


@pytest.mark.parametrize(
    ("description", "text"),
    [
        (Description("x"), ""),
        (Description("x", minimum=1), "at least 1"),
        (Description("x", above=0), "above 0"),
        (Description("x", maximum=2.5), "at most 2.5"),
        (Description("x", above=0, maximum=1), "above 0 and at most 1"),
        (Description("x", choices=("a", "b")), "one of a, b"),
    ],
)
def test_a_range_in_words(description: Description, text: str):
    assert description.range_text() == text


def test_the_nearest_name_or_all_of_them():
    assert nearest("epoch", ["epochs", "steps"]) == "did you mean 'epochs'?"
    assert nearest("zzz", ["steps", "epochs"]) == "known are: epochs, steps"


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: settings.__name__)
def test_every_setting_of_nnlab_has_a_label_and_a_default_within_its_range(settings: type[Settings]):
    assert settings() == settings.from_table({name: value for name, value in vars(settings()).items() if name != "layers"})
    for entry in fields(settings):
        if entry.name != "layers":
            assert describe(entry).label[0].isupper(), entry.name
            assert describe(entry).help, entry.name
