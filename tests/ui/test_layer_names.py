"""Names of layers inside of others: chosen, and as much of them shown as there is room for."""

import pytest
from pytestqt.qtbot import QtBot

from nnlab.ui.views.parts.layer_names import LayerChoice, fitted_name

NESTED = "parallel1.branch2.residual1.conv2d1"


@pytest.mark.parametrize(
    ("room", "text"),
    [
        (99, "parallel1 › branch2 › residual1 › conv2d1"),
        (35, "p1 › branch2 › residual1 › conv2d1"),
        (30, "p1 › b2 › residual1 › conv2d1"),
        (22, "p1 › b2 › r1 › conv2d1"),
        (21, "p1›b2›r1›conv2d1"),
        (15, "p1›b2›r1›conv1"),
        (2, "p1›b2›r1›c1"),
    ],
)
def test_the_outermost_layers_become_initials_first_where_a_name_is_too_long(room: float, text: str):
    assert fitted_name(NESTED, room, len) == text
    assert fitted_name("conv2d1", max(room, 7), len) == "conv2d1"


@pytest.mark.parametrize(("room", "text"), [(11, "max_pool2d2"), (10, "max_pool2"), (8, "pool2"), (2, "m2")])
def test_a_kind_becomes_one_word_where_its_name_is_too_long(room: float, text: str):
    assert fitted_name("max_pool2d2", room, len) == text


@pytest.mark.parametrize("room", [0, 10, 15, 20, 25, 99])
def test_layers_inside_of_different_ones_are_never_named_alike(room: float):
    names = ["dense1", "residual1.dense1", "residual2.dense1", "parallel1.branch1.dense1", "parallel1.branch2.dense1"]
    assert len({fitted_name(name, room, len) for name in names}) == len(names)


def test_a_layer_is_chosen_by_what_is_read_and_told_by_its_name(qtbot: QtBot) -> None:
    choice, told = LayerChoice("All layers"), []
    qtbot.addWidget(choice)
    choice.chosen.connect(told.append)
    choice.show_layers(("dense1", NESTED), "dense1")
    assert (choice.currentText(), told) == ("dense1", [])
    assert [choice.itemText(place) for place in range(3)] == ["All layers", "dense1", NESTED.replace(".", " › ")]
    choice.setCurrentIndex(2)
    choice.setCurrentIndex(0)
    assert told == [NESTED, ""]
    choice.show_layers(("dense1",), NESTED)
    assert (choice.currentText(), told) == ("All layers", [NESTED, ""])
