"""Hidden units are looked at now and then while their machine learns, and at once where there is another."""

import numpy as np

from nnlab.probes import scene_of
from nnlab.probes.machine import machine_of
from nnlab.probes.machine_units import MachineUnits, UnitsMemory, machine_units
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.probes.test_samples import machine_run


def look(run: TrainingRun, memory: UnitsMemory) -> MachineUnits:
    return memory.update(machine_of(scene_of(run)))


def test_units_serve_again_until_it_is_time_and_are_then_of_the_machine_as_it_stands(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    run, memory = machine_run(), UnitsMemory(0.003)
    first = look(run, memory)
    assert memory.is_fresh
    next(run)
    assert look(run, memory) is first and not memory.is_fresh
    now[0] += 1
    second = look(run, memory)
    assert memory.is_fresh
    np.testing.assert_array_equal(second.filters, machine_units(machine_of(scene_of(run))).filters)
    # Of a machine that stands there is nothing more to see, however long it takes.
    now[0] += 10
    assert look(run, memory) is second
    change_by_hand(run, "rbm.weight", (9, 3), 2.5)
    assert look(run, memory).filters[3].ravel()[9] == 2.5


def test_those_of_another_run_are_looked_at_at_once():
    first, other, memory = machine_run(), machine_run(), UnitsMemory(0.003)
    assert look(first, memory) is not look(other, memory)


def test_who_has_all_the_time_always_sees_the_machine_as_it_stands():
    run, memory = machine_run(), UnitsMemory()
    for _ in range(3):
        next(run)
        np.testing.assert_array_equal(look(run, memory).filters[0].ravel(), run.model.weight[:, 0])
        assert memory.is_fresh
