"""Every error nnlab raises for a person to read: one sentence that says what, where, what was expected, what to do."""

from pathlib import Path

from nnlab.words import printable, shown, without_middle

# More than any sentence and any path in it; a value that was given by mistake may have a million letters.
_LONGEST = 1500


class NnlabError(Exception):
    """The input was wrong. The text is shown to the person as one printable line, and without its middle where it is far too
    long; the command line exits with `exit_status`.
    """

    exit_status = 2

    def __str__(self) -> str:
        return printable(without_middle(super().__str__(), _LONGEST))


class SettingError(NnlabError):
    """A setting has an unknown name, a wrong type, or a value out of its range."""


class ShapeError(NnlabError):
    """Layers, losses and data whose shapes do not chain."""


class DatasetError(NnlabError):
    """Data that is missing, damaged, or not what it claims to be."""


class MissingDatasetError(DatasetError):
    """A published dataset that lies nowhere here, but can be downloaded by its name."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


class MissingEncoderError(DatasetError):
    """The model file of an encoder lies nowhere here; recipe is the experiment that trains it, where there is one.

    name is as the experiment gives it, perhaps with folders before it: where it is looked for.
    """

    def __init__(self, name: str, recipe: Path | None, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.recipe = name, recipe

    @property
    def title(self) -> str:
        """What the file is called in a sentence."""
        return shown(Path(self.name).name)


class ExperimentError(NnlabError):
    """An experiment file that cannot be understood."""


class NotTomlError(ExperimentError):
    """A file that is no TOML at all, perhaps data or a model."""


class ComparisonFileError(ExperimentError):
    """A file of several experiments where one is wanted."""


class SweepFileError(ComparisonFileError):
    """A sweep where one experiment, or a comparison of a few, is wanted."""


class ModelFileError(NnlabError):
    """A model file that is truncated, foreign, or of another architecture."""


class UnsupportedExportError(NnlabError):
    """An experiment has something that the target of an export has not."""


class WeightsFileError(NnlabError):
    """A file of weights from elsewhere that is damaged, of no kind that is read, or does not fit the model."""


class SaveError(NnlabError):
    """A file that could not be written; whatever stood there before is untouched."""


class NobodyReadsError(NnlabError):
    """Whoever read the answers has ended, as head does: nothing is wrong, and the end is silent, with a shell's status."""

    exit_status = 141


class RunStoreError(NnlabError):
    """The store of runs cannot be read or written; what it holds is untouched."""


class DivergedError(NnlabError):
    """The loss became NaN or infinite; the model holds its last good parameters again."""

    exit_status = 3


class OutOfMemoryError(NnlabError):
    """There is not enough memory for what was asked; the numbers that were there are whole."""


class InterruptedRunError(NnlabError):
    """A signal ended training between two steps; the exit status is the one that a shell gives such a process."""

    def __init__(self, sentence: str, exit_status: int) -> None:
        super().__init__(sentence)
        self.exit_status = exit_status


class CancelledError(NnlabError):
    """The person asked for the work to stop; everything is as it was before it began."""

    exit_status = 130
