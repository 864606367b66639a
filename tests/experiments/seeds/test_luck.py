"""What is said of the results of several seeds: mean and spread, what is luck, and who went wrong."""

import pytest

from nnlab.experiments.seeds.luck import luck_of
from nnlab.experiments.seeds.seed_sweep import SEED
from nnlab.experiments.sweeps.records import DIVERGED, DONE, FAILED, RUNNING, TrialRecord


def trial(seed: int, accuracy: float | None = 0.9, state: str = DONE, loss: float = 0.1, reason: str = "", **more: float):
    figures = {"train_loss": loss, "train_accuracy": 0.99, "validation_accuracy": 0.5, "test_accuracy": accuracy, **more}
    return TrialRecord(1, seed + 1, {SEED: seed}, state, reason, loss, figures if state == DONE else {})


def test_mean_spread_worst_and_best_are_one_sentence():
    accuracies = (0.953, 0.955, 0.950, 0.957, 0.941, 0.949, 0.955, 0.962, 0.956)
    luck = luck_of([trial(seed, accuracy) for seed, accuracy in enumerate(accuracies)], 9)
    assert luck.summary == "test accuracy 0.953 ± 0.006 over 9 seeds; worst 0.941 (seed 4), best 0.962 (seed 7)"
    told = "Two single runs that differ by less than 0.019 may differ by their seeds alone"
    assert luck.chance == f"{told}; the mean is known to ± 0.005 (95 %)."
    assert luck.sentences() == [luck.summary, luck.chance]


def test_seeds_that_are_equally_good_are_all_named_or_counted():
    trials = [trial(seed, 0.7 if seed == 1 else 1.0) for seed in range(4)]
    assert luck_of(trials, 4).summary.endswith("; worst 0.70 (seed 1), best 1.00 (seeds 0, 2 and 3)")
    trials += [trial(4, 1.0), trial(5, 1.0)]
    assert luck_of(trials, 6).summary.endswith("; worst 0.70 (seed 1), best 1.00 (5 seeds)")


def test_of_a_loss_the_lowest_is_the_best():
    trials = [TrialRecord(1, n + 1, {SEED: n}, DONE, "", 0, {"test_loss": loss}) for n, loss in enumerate((0.5, 0.3, 0.4))]
    assert "worst 0.50 (seed 0), best 0.30 (seed 1)" in luck_of(trials, 3).summary


def test_what_has_no_test_examples_is_told_by_its_validation():
    luck = luck_of([trial(0, None), trial(1, None)], 2)
    assert luck.figure == "validation_accuracy"
    assert luck.summary == "validation accuracy 0.5000 over 2 seeds, the same from every one"


def test_seeds_that_all_end_alike_are_told_to_be_the_same():
    luck = luck_of([trial(seed, 0.97) for seed in range(9)], 9)
    assert luck.summary == "test accuracy 0.9700 over 9 seeds, the same from every one"
    assert luck.chance == "" and luck.to_report()["deviation"] == 0.0


def test_while_seeds_are_still_trained_it_is_said_of_how_many_it_is():
    trials = [trial(0, 0.9), trial(1, 0.8), trial(2, state=RUNNING)]
    assert luck_of(trials, 9).summary.startswith("test accuracy 0.85 ± 0.07 over 2 seeds of 9; ")
    assert luck_of(trials[:1], 9).summary == "test accuracy 0.9000 from seed 0"
    assert luck_of(trials[2:], 9).sentences() == []


def test_seeds_that_failed_diverged_or_are_stuck_are_named():
    reason = "the loss was not finite after step 40."
    trials = [
        trial(3, 0.95),
        trial(4, 0.96, loss=0.05),
        trial(5, 0.6, loss=0.5),
        trial(6, 0.5, loss=0.7),
        trial(7, state=DIVERGED, reason=reason),
        trial(8, state=FAILED, reason="no memory"),
        trial(9, state=FAILED, reason="no memory"),
    ]
    luck = luck_of(trials, 7, dict.fromkeys((3, 4, 5, 6), 0.7))
    assert luck.ended == 4 and luck.summary.startswith("test accuracy 0.8 ± 0.2 over 4 seeds of 7")
    assert [one.sentence for one in luck.troubles] == [
        "Seed 7 diverged: the loss was not finite after step 40.",
        "Seeds 8 and 9 failed: no memory.",
        "Seeds 5 and 6 are stuck: their training loss came down 0% to 31% of the way that seed 4's did.",
    ]


def test_nobody_is_stuck_where_nobody_learned_or_where_losses_cannot_be_compared():
    trials = [trial(0, loss=0.9), trial(1, loss=0.8)]
    assert luck_of(trials, 2, {0: 0.7, 1: 0.7}).troubles == ()
    assert luck_of(trials, 2).troubles == ()


def test_a_report_has_every_number_and_the_words():
    luck = luck_of([trial(0, 0.9), trial(1, 0.8), trial(2, 0.7), trial(3, state=FAILED, reason="why")], 4)
    report = luck.to_report()
    assert (report["figure"], report["seeds"], report["ended"]) == ("test_accuracy", 4, 3)
    assert report["mean"] == pytest.approx(0.8) and report["deviation"] == pytest.approx(0.1)
    assert (report["worst_seeds"], report["best_seeds"]) == ([2], [0])
    assert report["values"] == {"0": 0.9, "1": 0.8, "2": 0.7}
    assert report["troubles"] == [{"seeds": [3], "kind": "failed", "words": "Seed 3 failed: why."}]
    assert report["words"] == luck.sentences()
    nothing = luck_of([], 4).to_report()
    assert (nothing["figure"], nothing["mean"], nothing["best_seeds"]) == ("", None, [])
