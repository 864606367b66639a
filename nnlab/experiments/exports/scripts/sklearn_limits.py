"""What scikit-learn cannot do of what nnlab can, told by the name of the setting, with what it has."""

from typing import Any

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.shared import Parts


def lacks(where: str, what: str, has: str) -> UnsupportedExportError:
    """The sentence."""
    return UnsupportedExportError(f"{where}: scikit-learn has {what}" + (f"; it has {has}" if has else ""))


def check_training(parts: Parts, has_penalty: bool = True) -> None:
    """Raise UnsupportedExportError where training does what none of its estimators does."""
    training = parts.experiment.training
    if parts.settings["L1"] or (parts.settings["L2"] and not has_penalty):
        raise lacks("training.penalty", "no such penalty here", "none or l2" if has_penalty else "none")
    if training.clip_norm:
        raise lacks("training.clip_norm", "no clipping of gradients", "0")


def check_machine(parts: Parts) -> None:
    """That a Boltzmann machine learns as BernoulliRBM does: by persistent chains, one for each example of a batch."""
    rule: Any = parts.experiment.model
    training = parts.experiment.training
    size = int(parts.settings["BATCH_SIZE"])
    if rule.is_gaussian:
        raise lacks("model.visible_units", "no Gaussian units", "bernoulli")
    if not rule.persistent or rule.cd_steps != 1 or rule.visible_states != "sampled":
        raise lacks(
            "model",
            "no contrastive divergence from the data",
            "persistent chains, one Gibbs step and sampled visible states",
        )
    if rule.chains != size or len(parts.data.split.train) % size:
        raise UnsupportedExportError(
            "model.chains: scikit-learn has one chain for each example of a batch, and no last batch that is smaller; set "
            f"model.chains and training.batch_size to one number that divides {len(parts.data.split.train):,}"
        )
    if rule.sparsity_cost:
        raise lacks("model.sparsity_cost", "no sparsity of hidden units", "0")
    if training.optimizer.title != "SGD":
        raise lacks("training.optimizer", f"no {training.optimizer.title} for Boltzmann machines", "sgd")
    check_training(parts, has_penalty=False)


def check_svm(parts: Parts) -> None:
    """That a linear support vector machine has the margin that LinearSVC wants to widen."""
    if not parts.settings["L2"] or parts.settings["L1"]:
        raise lacks("training.penalty", "no LinearSVC without a margin to widen", "l2, of more than 0")
