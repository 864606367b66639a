"""Names of layers inside of others: chosen, and as much of them shown as there is room for."""

import pytest
from pytestqt.qtbot import QtBot

from nnlab.ui.views.parts.layer_names import LayerChoice, fitted_name

NESTED = "parallel1.branch2.residual1.conv2d1"


@pytest.mark.parametrize(
    ("room", "text"),
    [
        (99, "parallel1 › branch2 › residual1 › conv2d1"),
        (40, "… › branch2 › residual1 › conv2d1"),
        (30, "… › residual1 › conv2d1"),
        (12, "… › conv2d1"),
        (8, "conv2d1"),
        (2, "conv2d1"),
    ],
)
def test_the_outermost_layers_go_first_where_a_name_is_too_long(room: float, text: str):
    assert fitted_name(NESTED, room, len) == text
    assert fitted_name("conv2d1", room, len) == "conv2d1"


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
