"""Branches in the window: another run goes on from an earlier step."""

from dataclasses import replace

import numpy as np

from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.places import runs_folder
from nnlab.models.optimizers import OPTIMIZERS
from tests.ui.traveller import Traveller


def branch(traveller: Traveller) -> None:
    generation = traveller.session.runs.generation
    traveller.window.commands["branch"].trigger()
    traveller.driver.wait_for(lambda: traveller.session.runs.generation > generation)
    traveller.driver.settle(traveller.window)


def records(traveller: Traveller) -> list:
    traveller.journal.flush()
    store = RunStore(runs_folder())
    found = store.runs()
    store.close()
    return found


def test_a_branch_with_nothing_changed_reaches_the_same_end(traveller: Traveller):
    window, session = traveller.window, traveller.session
    traveller.driver.finish(window)
    end = session.progress.step
    parent = session._link.worker._run.model.parameters.values.copy()
    traveller.go(17)
    branch(traveller)
    assert not traveller.travel.is_past
    assert session.progress.step == 17
    assert session.history.number == 17
    assert "Branched from run 1 at step 17" in traveller.told[-1]
    traveller.driver.finish(window)
    assert session.progress.step == end
    np.testing.assert_array_equal(session._link.worker._run.model.parameters.values, parent)
    newest = records(traveller)[0]
    assert (newest.number, newest.parent, newest.parent_step) == (2, 1, 17)
    traveller.go(12 + 17)
    np.testing.assert_array_equal(
        traveller.travel._past._worker._visitor.run.model.parameters.values,
        traveller.bare(29).model.parameters.values,
    )


def test_after_a_branch_a_fresh_run_can_be_gone_back_into_before_the_branch_began(traveller: Traveller):
    traveller.train(20)
    traveller.go(15)
    branch(traveller)
    traveller.train(2)
    traveller.go(16)
    traveller.session.reset()
    traveller.driver.wait_for(lambda: traveller.session.progress.step == 0 and traveller.session.frames.is_settled)
    traveller.train(5)
    traveller.go(2)
    assert traveller.travel.first == 0


def test_a_branch_takes_the_settings_as_they_are_now(traveller: Traveller):
    window, session = traveller.window, traveller.session
    traveller.train(20)
    training = session.experiment.training
    session.edit(replace(session.experiment, training=replace(training, learning_rate=0.001)))
    traveller.train(1)
    traveller.go(10)
    branch(traveller)
    assert session.running.training.learning_rate == 0.001
    traveller.train(3)
    bare = traveller.bare(10)
    bare.settings = replace(bare.settings, learning_rate=0.001)
    for _ in range(3):
        next(bare)
    np.testing.assert_array_equal(session._link.worker._run.model.parameters.values, bare.model.parameters.values)
    # The branch's own past is as exact.
    traveller.go(12)
    shown = window.session.travel._past._worker._visitor.run.model.parameters.values.copy()
    bare = traveller.bare(10)
    bare.settings = replace(bare.settings, learning_rate=0.001)
    next(bare), next(bare)
    np.testing.assert_array_equal(shown, bare.model.parameters.values)


def test_a_branch_with_another_optimizer_begins_that_afresh_and_says_so(traveller: Traveller):
    session = traveller.session
    traveller.train(20)
    training = session.experiment.training
    session.edit(replace(session.experiment, training=replace(training, optimizer=OPTIMIZERS["adam"]())))
    assert session.is_pending
    traveller.go(10)
    branch(traveller)
    assert not session.is_pending
    assert "begins without a memory" in traveller.told[-1]
    traveller.train(2)
    run = session._link.worker._run
    assert (run.step, run.optimizer_start) == (12, 10)
    np.testing.assert_array_equal(run.events, ())
    shown = run.model.parameters.values.copy()
    traveller.go(11)
    traveller.now()
    assert traveller.told[-1:] == [traveller.told[-1]]
    np.testing.assert_array_equal(session._link.worker._run.model.parameters.values, shown)


def test_a_branch_that_fits_nothing_is_refused_in_a_sentence(traveller: Traveller):
    session = traveller.session
    traveller.train(5)
    generation = session.runs.generation
    model = session.experiment.model
    wider = replace(model, layers=(replace(model.layers[0], units=model.layers[0].units + 3), *model.layers[1:]))
    for edited, words in (
        (replace(session.experiment, model=wider), "does not fit it: dense1.weight"),
        (replace(session.experiment, dataset=replace(session.experiment.dataset, validation=0.3)), "the data was edited"),
    ):
        session.edit(edited)
        traveller.go(3)
        session.branch()
        traveller.driver.wait_for(lambda words=words: any(words in told for told in traveller.told))
        assert session.runs.generation == generation
        session.undo()
        traveller.driver.settle(traveller.window)
