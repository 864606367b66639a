"""How long it takes from the start of a process to its first step, and how much memory training takes, for each framework.

    python benchmarks/first_step.py NAME THREADS PICTURES LABELS

In a process of its own, as a person would write it there: the framework is imported, 60,000 pictures are read, a network
784-128-10 is made and learns by SGD from batches of 128. nnlab is `nnlab train`'s own path, and keeps the pictures as bytes;
the others scale them to floats first. JAX and torch.compile have compiled their step by the end of the first.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

STEPS, BATCH, RATE = 100, 128, 0.1
Step = Callable[[int], object]


def print_first_steps(folders: Sequence[Path], threads: int, repeats: int) -> None:
    """A row for each that is here: the median of so many processes."""
    from nnlab.experiments.benchmark.pictures import load_pictures

    print("\nFrom the start of the process to the end of the first step, and the most memory within 100 steps\n")
    print(f"{'MLP 784-128-10, SGD, batch 128':<32}  seconds  memory MB")
    train = load_pictures(folders).dataset.train
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("x.npy", "y.npy")]
        for path, array in zip(files, (train.inputs.reshape(len(train), -1), train.labels), strict=True):
            np.save(path, array)
        for name in PROGRAMS:
            print(f"{name:<32}  {_row(name, threads, files, repeats)}", flush=True)


def _row(name: str, threads: int, files: Sequence[Path], repeats: int) -> str:
    found = [_measured(name, threads, files) for _ in range(repeats)]
    whole = sorted(times for times in found if times)
    if not whole:
        return "   none"
    seconds, memory = whole[len(whole) // 2]
    return f"{seconds:7.2f} {memory:10.0f}"


def _measured(name: str, threads: int, files: Sequence[Path]) -> tuple[float, float] | None:
    """Seconds and MB of one process; None where it does not come to its end, as where the framework is missing."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PJRT_NPROC")
    settings = {**dict.fromkeys(names, str(threads)), "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    # What torch.compile has compiled before is not what is asked about.
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | settings | {"TORCHINDUCTOR_CACHE_DIR": cache}
        started = time.time()
        command = [sys.executable, __file__, name, str(threads), *map(str, files), str(started)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        return None
    seconds, memory = map(float, done.stdout.split()[-2:])
    return seconds, memory


def floats(pictures: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (N, 784) float32 in 0 ... 1, labels (N,)."""
    return np.load(pictures).astype(np.float32) / np.float32(255), np.load(labels)


def with_nnlab(pictures: Path, labels: Path, threads: int) -> Step:
    """The real loop."""
    from nnlab.experiments.assembly import assemble
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.experiment import experiment_from_table

    set_threads(threads)
    layers = [{"kind": "dense", "units": 128}, "relu", {"kind": "dense", "units": 10}, "softmax"]
    table = {
        "dataset": {"path": str(pictures), "test": 0.0, "validation": 0.0},
        "model": {"kind": "mlp", "layers": layers},
        "training": {"optimizer": "sgd", "learning_rate": RATE, "batch_size": BATCH},
    }
    run = assemble(experiment_from_table(table), [])
    return lambda _: next(run)


def with_torch(pictures: Path, labels: Path, threads: int, compiles: bool = False) -> Step:
    """Eager, or with the network compiled."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    x, t = map(torch.from_numpy, floats(pictures, labels))
    net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(net.parameters(), RATE)
    order = torch.randperm(len(x))
    net = torch.compile(net) if compiles else net

    def step(k: int) -> None:
        chosen = order[k * BATCH : (k + 1) * BATCH]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[chosen]), t[chosen])
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def with_jax(pictures: Path, labels: Path, threads: int) -> Step:
    """A compiled step; an epoch as one loop compiles as long."""
    import jax
    import jax.numpy as jnp

    x, t = map(jnp.asarray, floats(pictures, labels))
    keys = jax.random.split(jax.random.key(0), 2)
    sizes = ((784, 128), (128, 10))
    parameters = [(jax.random.normal(key, size) * 0.05, jnp.zeros(size[1])) for key, size in zip(keys, sizes, strict=True)]

    def loss(parameters: list, x: jax.Array, t: jax.Array) -> jax.Array:
        (w, b), (v, c) = parameters
        z = jax.nn.relu(x @ w + b) @ v + c
        return -jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1).mean()

    def update(parameters: list, x: jax.Array, t: jax.Array, chosen: jax.Array) -> tuple[list, jax.Array]:
        found, gradient = jax.value_and_grad(loss)(parameters, x[chosen], t[chosen])
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradient), found

    compiled, order = jax.jit(update, donate_argnums=0), np.random.default_rng(0).permutation(len(x))

    def step(k: int) -> None:
        nonlocal parameters
        parameters, found = compiled(parameters, x, t, order[k * BATCH : (k + 1) * BATCH])
        float(found)

    return step


def with_keras(pictures: Path, labels: Path, threads: int) -> Step:
    """Keras 3 on JAX."""
    import keras

    x, t = floats(pictures, labels)
    net = keras.Sequential([keras.Input((784,)), keras.layers.Dense(128, "relu"), keras.layers.Dense(10)])
    net.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    order = np.random.default_rng(0).permutation(len(x))

    def step(k: int) -> None:
        chosen = order[k * BATCH : (k + 1) * BATCH]
        net.train_on_batch(x[chosen], t[chosen])

    return step


PROGRAMS: dict[str, Callable[[Path, Path, int], Step]] = {
    "nnlab": with_nnlab,
    "PyTorch": with_torch,
    "torch.compile": lambda *given: with_torch(*given, compiles=True),
    "JAX": with_jax,
    "Keras on JAX": with_keras,
}


def peak_memory() -> float:
    """MB of this process at most, what it shares with others among them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1.024e-3 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main(name: str, threads: str, pictures: str, labels: str, started: str) -> None:
    """Train, and print both figures."""
    step = PROGRAMS[name](Path(pictures), Path(labels), int(threads))
    step(0)
    seconds = time.time() - float(started)
    for k in range(1, STEPS):
        step(k)
    print(seconds, peak_memory())


if __name__ == "__main__":
    main(*sys.argv[1:])
