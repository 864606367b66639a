"""How layers, losses, optimizers and penalties are written in other frameworks: a row for each, by tables."""

import pytest

from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import PENALTIES
from tests.models.cases import LAYER_CASES

FRAMEWORKS = ("torch", "keras")


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("table", [LAYERS, LOSSES, OPTIMIZERS, PENALTIES])
def test_everything_has_a_row_for_each_framework(table, framework: str):
    assert [kind for kind, entry in table.items() if framework not in entry.elsewhere] == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_brace_of_a_row_is_a_setting_or_a_size(framework: str):
    written = [case.layer.written_in(framework, case.input_shape) for case in LAYER_CASES]
    written += [loss.written_in(framework, has_labels) for loss in LOSSES.values() for has_labels in (True, False)]
    written += [rule().written_in(framework, "RATE") for rule in OPTIMIZERS.values()]
    written += [line for rule in PENALTIES.values() for line in rule().written_in(framework)]
    assert not [line for line in written if line is None or "{" in line.replace('{"', "")]
