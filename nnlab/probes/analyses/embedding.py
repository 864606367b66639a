"""Codes in two dimensions by t-SNE: neighbours stay neighbours (van der Maaten and Hinton 2008)."""

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.probes.latent import MOST_CODES, Embedding
from nnlab.probes.rolling import RollingPass
from nnlab.probes.scene import scene_of
from nnlab.report import Report, silent
from nnlab.training.loop import TrainingRun

# scikit-learn's t-SNE tells nothing and cannot be stopped while it works: it is called for a stretch at a time, each
# going on where the last one ended. The first stretch is the one in which clusters are pulled apart.
_STRETCHES = 4
_STEPS_PER_STRETCH = 250
_EXAGGERATION = 12.0
_LEAST_CODES = 8


def embed_codes(run: TrainingRun, part: str, seed: int = 0, report: Report = silent) -> Embedding:
    """The codes of the examples that the Latent view shows, laid out in the plane."""
    coder = coder_of(run.model)
    if coder is None:
        raise ShapeError("t-SNE: this model has no code; choose an autoencoder or an RBM")
    report("computing the codes", 0.0)
    rolling = RollingPass()
    with np.errstate(all="ignore"):
        rolling.update(scene_of(run), part, MOST_CODES, coder.encode)
    codes = rolling.values
    if not np.isfinite(codes).all():
        raise ShapeError("t-SNE: some codes are not finite numbers; reset the run, with a lower learning rate")
    if len(codes) < _LEAST_CODES:
        raise ShapeError(f"t-SNE: there are {len(codes)} examples, at least {_LEAST_CODES} are needed; choose another part")
    points = _tsne(codes, seed, report)
    return Embedding(part, rolling.places.copy(), points)


def _tsne(codes: Array, seed: int, report: Report) -> Array:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    count = len(codes)
    points: Array = _start(codes, seed)
    with threadpool_limits(1, user_api="openmp"):
        for stretch in range(_STRETCHES):
            report(
                f"t-SNE of {count:,} codes, step {stretch * _STEPS_PER_STRETCH} of {_STRETCHES * _STEPS_PER_STRETCH}",
                stretch / _STRETCHES,
            )
            points = TSNE(
                init=points.astype(np.float32),
                perplexity=min(30.0, (count - 1) / 3),
                early_exaggeration=_EXAGGERATION if stretch == 0 else 1.0,
                learning_rate=max(count / _EXAGGERATION / 4, 50.0),
                max_iter=_STEPS_PER_STRETCH,
                random_state=seed,
            ).fit_transform(codes.astype(np.float32))
    report("t-SNE is done", 1.0)
    return np.asarray(points, np.float64)


def _start(codes: Array, seed: int) -> Array:
    """The two directions of largest variance, small, as scikit-learn itself starts; noise where there is only one."""
    from nnlab.models.projections import principal_plane

    points = principal_plane(codes).project(codes)
    noise = np.random.default_rng(seed).normal(0, 1e-4, points.shape)
    return np.asarray(points / max(float(points[:, 0].std()), 1e-12) * 1e-4 + 0.01 * noise)
