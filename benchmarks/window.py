"""How fast the window opens, how promptly it answers while training, and what it costs the engine.

    python benchmarks/window.py [--data DIR] [--seconds 10] [--panes 1|2|4]

Starts real processes. Without a screen it uses Xvfb where that is installed. Modules are compiled beforehand, as those of an
installed program are. Event lateness is how much later than planned a 5 ms timer fires on the window's thread; the engine's
share is the window's examples/s over those of the same experiment, headless, at the same thread count, the two taken in
turn. With four panes, four views are drawn besides the curves. Memory is what the process holds at the end of the
measurement less what it held after a quarter of it: --seconds 600 shows a leak.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from screen import screen

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENT = ROOT / "resources" / "examples" / "mnist-mlp.toml"
ROUNDS = 3


def run_part(part: str, arguments: argparse.Namespace, environment: dict[str, str]) -> dict[str, float]:
    """One measurement in a process of its own; `started` lets it count its own start."""
    command = [sys.executable, __file__, "--part", part, "--seconds", str(arguments.seconds), "--started", str(time.time())]
    command += ["--panes", str(arguments.panes), "--rounds", str(arguments.rounds)]
    done = subprocess.run(
        command + (["--data", str(arguments.data)] if arguments.data else []),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def headless(arguments: argparse.Namespace) -> dict[str, float]:
    """Examples per second of the engine alone, on one thread."""
    from dataclasses import replace

    from nnlab.experiments.assembly import assemble
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.experiment import load_experiment
    from nnlab.experiments.places import data_folders

    set_threads(1)
    experiment = load_experiment(EXPERIMENT)
    experiment = replace(experiment, training=replace(experiment.training, epochs=10_000))
    run = assemble(experiment, data_folders(arguments.data))
    for _, _ in zip(range(200), run, strict=False):
        pass
    started, examples = time.perf_counter(), 0
    for step in run:
        examples += step.examples
        if time.perf_counter() - started > arguments.seconds:
            break
    return {"rate": examples / (time.perf_counter() - started)}


def window(arguments: argparse.Namespace) -> dict[str, float]:
    """Start-up, lateness, examples per second and frames per second of the real window."""
    from nnlab.ui import app

    probes = []
    original = app._made_window

    def made(*given: object) -> object:
        # Not before: what it imports comes at a start in another order, and without what that leaves out.
        from window_probe import Probe

        opened = original(*given)
        probes.append(Probe(opened, EXPERIMENT, arguments.started, arguments.seconds, arguments.panes))
        return opened

    app._made_window = made
    app.run_window(None, arguments.data, 1)
    return probes[0].found


def main() -> None:
    """Interleaved rounds, medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--panes", type=int, choices=[1, 2, 4], default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--part", choices=["headless", "window"])
    parser.add_argument("--started", type=float, default=0.0)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps({"headless": headless, "window": window}[arguments.part](arguments)))
        return
    rounds = []
    with screen() as screened, TemporaryDirectory() as compiled:
        environment = {name: value for name, value in screened.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = compiled
        subprocess.run([sys.executable, "-c", "import nnlab.ui.main_window"], env=environment, check=True)
        # And what is loaded when it is first seen.
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "nnlab")], env=environment, check=True)
        for _ in range(arguments.rounds):
            bare = run_part("headless", arguments, environment)
            seen = run_part("window", arguments, environment)
            rounds.append(seen | {"share": seen["rate"] / bare["rate"], "bare": bare["rate"]})
    tell({name: statistics.median(entry[name] for entry in rounds) for name in rounds[0]})


def tell(middle: dict[str, float]) -> None:
    """Print the medians beside what they should be."""
    print(f"process start to first frame with data  {middle['first_frame']:6.2f} s     (target < 1)")
    print(f"event lateness, median                  {middle['median']:6.1f} ms    (target <= 16)")
    print(f"event lateness, 99th percentile         {middle['p99']:6.1f} ms    (target <= 33)")
    print(f"event lateness, worst                   {middle['worst']:6.1f} ms")
    print(f"frames per second                       {middle['frames']:6.1f}")
    print(f"examples/s headless, 1 thread           {middle['bare']:10,.0f}")
    print(f"examples/s in the window, 1 thread      {middle['rate']:10,.0f}")
    print(f"memory grown in the last three quarters {middle['grown']:6.1f} MB")
    print(f"share of headless speed                 {middle['share']:6.2f}       (target >= 0.80)")


if __name__ == "__main__":
    main()
