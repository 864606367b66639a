"""How to have a run again: the exact commands, with the experiment in them."""

import shlex

from nnlab.datasets.files import FileSource
from nnlab.experiments.experiment import format_experiment
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.run_report.markup import Content, Markup, element, section
from nnlab.experiments.run_report.reported import Reported

_END = "END_OF_EXPERIMENT"


def reproducing(reported: Reported) -> Markup:
    """The commands for a shell, and what they must come to."""
    experiment, facts = reported.begun, reported.record.facts
    file = f"{file_stem(experiment.name)}.toml"
    # What another framework trained is had again beside nnlab's own run.
    command = f"compare {shlex.quote(file)} --with {facts['with']}" if "with" in facts else f"train {shlex.quote(file)}"
    threads = facts.get("threads", 1)
    lines = [
        *_data_commands(reported),
        f"cat > {shlex.quote(file)} <<'{_END}'",
        format_experiment(experiment).rstrip("\n"),
        _END,
        f"nnlab {command} --threads {threads} --json",
    ]
    return section("How to have it again", element("pre", element("code", "\n".join(lines))), *_what_comes_of_it(reported))


def _data_commands(reported: Reported) -> list[str]:
    source = reported.begun.dataset.source
    return [f"nnlab datasets download {source.name}"] if source.published is not None else []


def _what_comes_of_it(reported: Reported) -> list[Content]:
    record, run = reported.record, reported.run
    source, said = reported.begun.dataset.source, []
    if isinstance(source, FileSource):
        said.append(f"The data is the file {source.path}, whose checksum is {record.data}.")
    if reported.begun.dataset.encoder:
        said.append(f"Its data is seen through the model {reported.begun.dataset.encoder}, which must be there, too.")
    said += [f"It began from weights out of {event[2]}, whose sha256 is {event[3]}." for event in record.imports]
    if record.parent is not None or record.first_step:
        said.append("The run did not begin at its first step: it went on from another one or from a model file.")
    # A stop changes nothing; what cannot be read may be a change.
    if any(not isinstance(event, list) or event[:1] not in (["stop"], ["weights"]) for event in record.events):
        said.append(
            "The changes by hand are part of the run, and no setting of the experiment; the store of runs has them: "
            f"nnlab runs export {record.number} model.safetensors"
        )
    elif not record.ending:
        said.append(f"It has not come to its end: {record.step:,} steps are made.")
    if run is not None:
        said.append(
            f"After step {run.step:,} the parameters have the parameters_sha256 {parameters_sha256(run.model)}: on the same "
            "machine, versions and threads to the last bit."
        )
    return [element("p", words) for words in said]
