"""Processes that are spawned begin with the script's file: where there is none, that is said, and nothing fails."""

import subprocess
import sys

SCRIPT = """
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.resources import resource
from nnlab.training.crew import called_helpers
from nnlab.training.crew.engaging import engage

called_helpers.SECONDS_ALONE = -1.0
experiment = with_settings(load_experiment(resource("examples", "digits-mlp.toml")), ["training.epochs=1"])
run = assemble(experiment, [])
assert engage(run, experiment.model, 2) == ""
while run.stretch(0.1):
    pass
print(run.epoch, run.crew.trouble)
"""


def test_a_script_given_on_standard_input_trains_without_helpers_and_says_what_to_do():
    done = subprocess.run([sys.executable, "-"], input=SCRIPT, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 no helper can be started (this script comes from standard input")
    assert "save it as a file" in done.stdout
