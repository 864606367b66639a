"""Values about many examples: complete after a round, anew when the model changes, a portion at a time."""

import numpy as np

from nnlab.probes import scene_of
from nnlab.probes.rolling import RollingPass
from tests.models.small_runs import digits_data, digits_run
from tests.training.runs import numbered_data, toy_run


def first_feature(inputs: np.ndarray) -> np.ndarray:
    return inputs.reshape(len(inputs), -1)[:, :1].copy()


def test_without_a_limit_one_update_finds_everything():
    run = toy_run(numbered_data(250))
    rolling = RollingPass()
    rolling.update(scene_of(run), "train", 1000, first_feature)
    np.testing.assert_array_equal(rolling.values[:, 0], np.arange(250))
    np.testing.assert_array_equal(rolling.labels, np.arange(250) % 2)
    assert rolling.is_fresh and rolling.known == 250


def test_examples_are_spread_over_the_whole_part():
    run = toy_run(numbered_data(1000))
    rolling = RollingPass()
    rolling.update(scene_of(run), "train", 10, first_feature)
    np.testing.assert_array_equal(rolling.places // 100, np.arange(10))
    np.testing.assert_array_equal(rolling.values[:, 0], rolling.places)


def test_each_update_takes_a_portion_until_all_is_known():
    run = toy_run(numbered_data(250))
    rolling, sizes = RollingPass(seconds=0.0), []

    def compute(inputs: np.ndarray) -> np.ndarray:
        sizes.append(len(inputs))
        return first_feature(inputs)

    known = []
    for _ in range(5):
        rolling.update(scene_of(run), "train", 1000, compute)
        known.append(rolling.known)
    assert known == [100, 200, 250, 250, 250]
    # One size, whatever is left; and nothing more once everything is known.
    assert sizes == [100, 100, 100]
    np.testing.assert_array_equal(rolling.values[:, 0], np.arange(250))


def test_a_step_makes_everything_old():
    run = toy_run()
    rolling = RollingPass()
    rolling.update(scene_of(run), "train", 50, run.model.predict)
    before = rolling.values.copy()
    next(run)
    rolling.update(scene_of(run), "train", 50, run.model.predict)
    assert (rolling.values != before).any()
    inputs, _ = run.data.learning.gather(run.data.split.train[rolling.places])
    np.testing.assert_allclose(rolling.values, run.model.predict(inputs), rtol=1e-5)


def test_a_weight_changed_by_hand_is_noticed():
    run = toy_run()
    rolling = RollingPass()
    rolling.update(scene_of(run), "train", 50, run.model.predict)
    before = rolling.values.copy()
    run.model.parameters.view("dense1.weight")[1, 2] += 1e-3
    rolling.update(scene_of(run), "train", 50, run.model.predict)
    assert (rolling.values != before).any()


def test_another_part_and_another_run_begin_anew():
    rolling, run = RollingPass(), toy_run(numbered_data(40, validation=0.5))
    rolling.update(scene_of(run), "train", 100, first_feature)
    rolling.update(scene_of(run), "test", 100, first_feature)
    assert rolling.values.min() >= 1_000_000
    other = digits_run_of_forty()
    rolling.update(scene_of(other), "test", 100, first_feature)
    assert len(rolling.places) == 40 and rolling.values.max() <= 1


def digits_run_of_forty():
    from nnlab.models.rbm_settings import RBMSettings

    return digits_run(RBMSettings(hidden=3), digits_data(60))
