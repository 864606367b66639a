"""`nnlab datasets`: what data there is, what is in it, and how to get it."""

import argparse

from nnlab.commands.answer import Report, answer
from nnlab.commands.options import data_option, json_option

# Of more classes the first so many are told; --json has all.
_MOST_CLASSES = 40
_MOST_COLUMNS = 12


def describe(parser: argparse.ArgumentParser) -> None:
    """List datasets, show what is in one, or download one."""
    data_option(parser)
    json_option(parser)
    parser.set_defaults(answer_with=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    for name, work, subject, text in (
        ("list", _list, "", "Every dataset, and where it lies or how to get it; what `nnlab datasets` alone does."),
        ("show", _show, "NAME_OR_PATH", "Sizes, examples per class, source and licence of a dataset."),
        ("download", _download, "NAME", "Fetch a published dataset into your data folder, or into --data DIR."),
    ):
        action = actions.add_parser(name, help=text, description=text)
        if subject:
            action.add_argument("name", metavar=subject, help="see `nnlab datasets list`")
        # Not to forget what was said before the action's name.
        data_option(action, argparse.SUPPRESS)
        json_option(action, argparse.SUPPRESS)
        action.set_defaults(answer_with=work)


def run(chosen: argparse.Namespace) -> int:
    """List, show or download."""
    chosen.answer_with(chosen)
    return 0


def _list(chosen: argparse.Namespace) -> None:
    from nnlab.experiments.catalogue import list_datasets
    from nnlab.experiments.places import data_folders

    answer(list_datasets(data_folders(chosen.data)), chosen.json, _listed)


def _show(chosen: argparse.Namespace) -> None:
    from nnlab.experiments.catalogue import show_dataset
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress

    with work_progress() as report:
        shown = show_dataset(chosen.name, data_folders(chosen.data), report)
    answer(shown, chosen.json, _shown)


def _download(chosen: argparse.Namespace) -> None:
    from nnlab.experiments.catalogue import download_dataset
    from nnlab.progress import work_progress

    with work_progress() as report:
        found = download_dataset(chosen.name, chosen.data, report)
    answer(found, chosen.json, lambda found: f"{found['title']} lies in {found['path']}")


def _listed(report: Report) -> str:
    rows = [(row["name"], row["about"], _where(row)) for row in report["datasets"]]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:{widths[0]}}  {about:{widths[1]}}  {where}".rstrip() for name, about, where in rows)


def _where(row: Report) -> str:
    if row["get"]:
        return f"not here; get it with `{row['get']}`"
    return f"in {row['path']}" if row["path"] else ""


def _shown(report: Report) -> str:
    facts = {
        "examples": f"{report['train']:,} for training, {report['test']:,} for the test",
        "shape": " x ".join(map(str, report["shape"])),
        **_columns(report["columns"]),
        "values": ", ".join(_range(value) for value in report.get("values", [])[:_MOST_COLUMNS]),
        "memory": f"{report['memory'] / 1e6:,.1f} MB",
        "lies in": report["path"],
        "source": report["source"],
        "licence": report["licence"],
    }
    lines = [report["title"], *(f"{name:8}  {text}" for name, text in facts.items() if text)]
    return "\n".join([*lines, "", *_class_table(report["classes"])] if report["classes"] else lines)


def _columns(columns: Report | None) -> dict[str, str]:
    """What the columns of a table were taken as; nothing of other data."""
    if columns is None:
        return {}
    return {
        "label": ", ".join(columns["label"]) or "none",
        "features": _some(columns["features"]),
        "alike": _some(columns["alike"]) and f"{_some(columns['alike'])} differ in case alone",
        "left out": _some([f"{name} ({why})" for name, why in columns["left_out"]]),
    }


def _range(value: Report) -> str:
    return f"{value['name']} {value['least']:.4g} to {value['greatest']:.4g} {value['unit']}".strip()


def _some(names: list[str]) -> str:
    some = ", ".join(names[:_MOST_COLUMNS])
    return f"{some} and {len(names) - _MOST_COLUMNS:,} more" if len(names) > _MOST_COLUMNS else some


def _class_table(classes: list[Report]) -> list[str]:
    some = classes[:_MOST_CLASSES]
    width = max(len("class"), *(len(row["name"]) for row in some))
    lines = [f"{'class':{width}}  {'training':>9}  {'test':>9}"]
    lines += [f"{row['name']:{width}}  {row['train']:9,}  {row['test']:9,}" for row in some]
    more = len(classes) - len(some)
    return [*lines, f"and {more:,} more classes (--json has all)"] if more else lines
