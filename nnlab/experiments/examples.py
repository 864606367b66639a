"""The examples that come with nnlab: what each of them shows, in the order of the gallery, one row a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets import DATASETS
from nnlab.datasets.mnist import Published, place_of
from nnlab.experiments.experiment import read_file
from nnlab.experiments.toml_text import parse_toml
from nnlab.resources import resource

FIRST_STEPS = "First steps"
IMAGES = "Images"
WITHOUT_LABELS = "Without labels"
LITERATURE = "From the literature"
CLASSICS = "Classics of courses"
SEVERAL = "Several runs at once"
GROUPS = (FIRST_STEPS, IMAGES, WITHOUT_LABELS, LITERATURE, CLASSICS, SEVERAL)


@dataclass(frozen=True)
class Example:
    """A file of resources/examples without its ending, and what a person reads before opening it.

    question is what a classic of courses asks. after is the example that is to be trained first, whose model it needs.
    """

    file: str
    group: str
    title: str
    sentence: str
    question: str = ""
    after: str = ""

    @property
    def path(self) -> Path:
        """The experiment, comparison or sweep."""
        return resource("examples", f"{self.file}.toml")

    @property
    def picture(self) -> Path:
        """What it looks like when it has learned; benchmarks/pictures.py makes it."""
        return resource("examples") / "pictures" / f"{self.file.rpartition('/')[2]}.png"

    @property
    def words(self) -> str:
        """All that is said of it, to be searched."""
        return " ".join((self.title, self.question, self.sentence, self.group, self.file))


EXAMPLES = (
    Example(
        "xor", FIRST_STEPS, "XOR", "Four clusters that no straight line separates: the smallest task for a hidden layer."
    ),
    Example("circles", FIRST_STEPS, "Circles", "A circle inside a circle, held apart by four hidden units."),
    Example("moons", FIRST_STEPS, "Moons", "Two half moons that reach into each other, told apart by eight ReLUs."),
    Example("spirals", FIRST_STEPS, "Spirals", "Two arms wound around each other: the hardest of the plane's tasks."),
    Example("sine", FIRST_STEPS, "A sine", "A curve instead of classes: one number in, one number out."),
    Example("digits-mlp", FIRST_STEPS, "Small digits", "1,797 handwritten digits of 8 × 8 pixels, learned in seconds."),
    Example("mnist-mlp", FIRST_STEPS, "MNIST", "784-128-10 on 60,000 handwritten digits: 98 % of new ones are right."),
    Example("mnist-cnn", IMAGES, "Small CNN on MNIST", "Eight 3 × 3 filters, pooling and one dense layer."),
    Example("mnist-cnn-deep", IMAGES, "Deep CNN on MNIST", "Two blocks of convolution, with dropout: 99 % and more."),
    Example(
        "digits-residual", IMAGES, "Residual network", "What two convolutions make of their input is added to it, twice."
    ),
    Example("fashion-mlp", IMAGES, "Fashion-MNIST", "Ten kinds of clothes, harder than digits: watch overfitting begin."),
    Example("mnist-autoencoder", WITHOUT_LABELS, "Autoencoder", "Squeezes a digit into 32 numbers, and draws it from them."),
    Example(
        "mnist-denoising-autoencoder",
        WITHOUT_LABELS,
        "Denoising autoencoder",
        "Three pixels in ten are hidden; the network gives them back.",
    ),
    Example(
        "fashion-sparse-autoencoder",
        WITHOUT_LABELS,
        "Sparse autoencoder",
        "200 units, each active for one example in twenty, become parts of clothes.",
    ),
    Example("fashion-rbm", WITHOUT_LABELS, "RBM on clothes", "A restricted Boltzmann machine by contrastive divergence."),
    Example(
        "mnist-rbm",
        WITHOUT_LABELS,
        "RBM that dreams",
        "500 hidden units and persistent chains: a machine that dreams digits.",
    ),
    Example(
        "mnist-latent-svm",
        WITHOUT_LABELS,
        "SVM on codes",
        "A linear SVM on the 32 numbers of the trained autoencoder.",
        after="mnist-autoencoder",
    ),
    Example(
        "mnist-deep-autoencoder",
        LITERATURE,
        "Deep autoencoder",
        "Three RBMs on each other, unrolled and fine-tuned (Hinton and Salakhutdinov 2006).",
    ),
    Example(
        "fashion-two-hidden",
        LITERATURE,
        "The recipe before ReLU",
        "Two sigmoid layers, Xavier weights, inputs in −1 … 1 (Glorot and Bengio 2010).",
    ),
    Example(
        "kaggle-mlp-full-batch",
        LITERATURE,
        "An MLP from scratch",
        "784-128-10 by gradient descent on all pictures at once, as in many a Kaggle notebook.",
    ),
    Example(
        "classics/squares-instead-of-layers",
        CLASSICS,
        "Squares instead of layers",
        "x₁² and x₂² as inputs, six parameters, no hidden layer: 99 %. Switch the squares off and try.",
        "Do the right inputs make a hidden layer needless?",
    ),
    Example(
        "classics/sines-instead-of-layers",
        CLASSICS,
        "Sines instead of layers",
        "With squares, product and sines as inputs 4 ReLUs do what takes 16 without them.",
        "How much of a network do good inputs save on the spirals?",
    ),
    Example(
        "classics/smallest-net-for-the-spirals",
        CLASSICS,
        "Smallest net for the spirals",
        "6 + 6 ReLUs can, if the seed is lucky; 8 + 8 always did.",
        "How few hidden units separate two spirals, and do two layers need fewer than one?",
    ),
    Example(
        "classics/zeros-as-weights",
        CLASSICS,
        "Zeros as weights",
        "Eight units get the same gradient in every step, and stay one: 43 % of digits, not 99 %.",
        "Why must weights not all begin at 0?",
    ),
    Example(
        "comparisons/initialisation-against-depth",
        CLASSICS,
        "Initialisation against depth",
        "Nine runs: with small weights 4 layers and 10 stay at chance; with Xavier’s they learn.",
        "How deep can a network be before its first weights matter?",
    ),
    Example(
        "classics/one-batch",
        CLASSICS,
        "One batch overfitted",
        "The first thing to try with a new network: 32 digits must be learned by heart.",
        "Does the loss begin at ln 10 = 2.30, and does it come to nothing?",
    ),
    Example(
        "classics/hidden-25",
        CLASSICS,
        "25 units and weight decay",
        "25 sigmoids on 5,000 digits: L2 takes the validation loss from 0.39 to 0.22.",
        "What does weight decay do to the weights, and to what is left to learn?",
    ),
    Example(
        "classics/random-labels",
        CLASSICS,
        "Random labels",
        "All of them are learned by heart, and nothing is understood (Zhang et al. 2017).",
        "Can a network fit labels that mean nothing, and what does that say of its training loss?",
    ),
    Example(
        "classics/fooling-pictures",
        CLASSICS,
        "Fooling pictures",
        "Train, open Draw, draw a digit and press “Fool it into”: small changes, and it is sure.",
        "How little must change before a network is sure of something else?",
    ),
    Example(
        "classics/self-taught-features",
        CLASSICS,
        "Self-taught features",
        "200 sparse units that have seen the digits 5 to 9 alone, and no label.",
        "Can features learned from some digits tell others?",
    ),
    Example(
        "classics/self-taught-classifier",
        CLASSICS,
        "Self-taught classifier",
        "0 to 4 through features of 5 to 9: 98.0 % by one layer, 97.2 % from the pixels.",
        "What are features worth that were learned without labels, of other classes?",
        after="classics/self-taught-features",
    ),
    Example(
        "classics/patches-and-edges",
        CLASSICS,
        "Patches and edges",
        "49 sparse units on 8 × 8 pieces of photographs become edges and bars.",
        "What does a sparse code of natural pictures look like?",
    ),
    Example(
        "classics/rbm-300",
        CLASSICS,
        "RBM of 300 units",
        "Persistent chains on MNIST. By annealing (Samples) log Z is 351, a new digit’s log p(v) −98.",
        "How likely does the machine hold digits that it has not seen?",
    ),
    Example(
        "classics/rbm-exact",
        CLASSICS,
        "Exact log Z",
        "16 hidden units: all 65,536 states are added up, 43.72, and annealing says 43.71.",
        "Is what annealing says of log Z right?",
    ),
    Example(
        "comparisons/each-optimizer",
        SEVERAL,
        "Seven optimizers",
        "The same network, data and order of batches under every optimizer; laid beside each other.",
    ),
    Example(
        "comparisons/mnist-against-fashion",
        SEVERAL,
        "MNIST against Fashion-MNIST",
        "The same network and steps; only the data differs: how much harder are clothes than digits?",
    ),
    Example(
        "sweeps/width-and-rate",
        SEVERAL,
        "Width and rate",
        "A sweep: do wider layers want smaller rates? Its heat map answers at a glance.",
    ),
    Example(
        "sweeps/rates-of-optimizers",
        SEVERAL,
        "Rates of optimizers",
        "A sweep of 48 drawn trials: which rate suits which optimizer?",
    ),
)


def example_named(file: str) -> Example:
    """The row of a file."""
    return next(example for example in EXAMPLES if example.file == file)


def lacking(example: Example, folders: Sequence[Path]) -> tuple[Published, ...]:
    """The published datasets that the example learns from and that lie in none of these folders."""
    table = read_file(example.path, parse_toml)
    names = _sources(table)
    if isinstance(base := table.get("base"), str):
        names = names or _sources(read_file(example.path.parent / base, parse_toml))
    found = (DATASETS[name].published for name in names if name in DATASETS)
    return tuple(each for each in found if each is not None and place_of(each, folders) is None)


def _sources(table: dict[str, object]) -> list[str]:
    """The names of the sources that a parsed file has, or varies."""
    found: list[object] = []
    for place in (table, table.get("set"), table.get("vary")):
        dataset = place.get("dataset") if isinstance(place, dict) else None
        source = dataset.get("source") if isinstance(dataset, dict) else None
        found += source if isinstance(source, list) else [source]
    kinds = (each.get("kind") if isinstance(each, dict) else each for each in found)
    return [kind for kind in kinds if isinstance(kind, str)]
