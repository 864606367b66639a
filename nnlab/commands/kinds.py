"""`nnlab kinds`: everything that can be chosen, out of the tables that it is chosen from."""

import argparse
import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from nnlab.commands.answer import Report, answer
from nnlab.commands.options import json_option
from nnlab.errors import SettingError
from nnlab.settings import describe as described
from nnlab.settings import nearest


def describe(parser: argparse.ArgumentParser) -> None:
    """List the kinds of layers, models, losses, data, searches, exports and views, each with its settings."""
    parser.add_argument("table", nargs="?", default="", help="one of them alone, e.g. layers; then with all settings")
    json_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """All tables, or one."""
    tables = _tables()
    if chosen.table and chosen.table not in tables:
        raise SettingError(f"kinds: '{chosen.table}' is not known; {nearest(chosen.table, tables)}")
    wanted = [chosen.table] if chosen.table else list(tables)
    report = {name: {kind: _about(entry) for kind, entry in tables[name]().items()} for name in wanted}
    answer(report, chosen.json, _one if chosen.table else _names)
    return 0


def _tables() -> dict[str, Callable[[], Mapping[str, Any]]]:
    from nnlab.datasets import DATASETS
    from nnlab.experiments.exports import EXPORTS
    from nnlab.experiments.sweeps.search import SEARCHES
    from nnlab.models import MODELS
    from nnlab.models.layers import LAYERS
    from nnlab.models.losses import LOSSES
    from nnlab.models.optimizers import OPTIMIZERS
    from nnlab.models.regularizers import PENALTIES
    from nnlab.models.schedules import SCHEDULES
    from nnlab.training.breakpoints import BREAKPOINTS

    return {
        "datasets": lambda: DATASETS,
        "models": lambda: MODELS,
        "layers": lambda: LAYERS,
        "losses": lambda: LOSSES,
        "optimizers": lambda: OPTIMIZERS,
        "schedules": lambda: SCHEDULES,
        "penalties": lambda: PENALTIES,
        "breakpoints": lambda: BREAKPOINTS,
        "searches": lambda: SEARCHES,
        "exports": lambda: EXPORTS,
        "views": _views,
    }


def _views() -> Mapping[str, Any]:
    try:
        from nnlab.ui.views import VIEWS
    except ImportError:
        # Qt's libraries are not here, and no window either.
        return {}
    return {row.title: row.make.load() for row in VIEWS.values()}


def _about(entry: Any) -> dict[str, Any]:
    """Its first sentence, and its settings with their defaults."""
    kind = entry if isinstance(entry, type) else type(entry)
    sentence = getattr(entry, "what", "") or " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    own = fields(kind) if is_dataclass(kind) else ()
    settings = {field.name: _plain(field) for field in own if "description" in field.metadata}
    return {"what": sentence, "settings": settings}


def _plain(field: Any) -> dict[str, Any]:
    description = described(field)
    default = field.default if isinstance(field.default, bool | int | float | str) else ""
    return {"label": description.label, "default": default, "range": description.range_text()}


def _names(report: Report) -> str:
    """Their names, a line for each table."""
    width = max(map(len, report))
    return "\n".join(f"{table:{width}}  {', '.join(kinds)}" for table, kinds in report.items() if kinds)


def _one(report: Report) -> str:
    """A line for each, and one for each of its settings."""
    (kinds,) = report.values()
    width = max(map(len, kinds), default=0)
    lines = []
    for name, about in kinds.items():
        lines.append(f"{name:{width}}  {about['what']}")
        lines += [f"{'':{width}}    {setting}: {_setting_text(own)}" for setting, own in about["settings"].items()]
    return "\n".join(lines)


def _setting_text(own: dict[str, Any]) -> str:
    """Learning rate, at least 0; 0.1."""
    default = f"; {own['default']}" if own["default"] != "" else ""
    return f"{own['label']}{', ' * bool(own['range'])}{own['range']}{default}"
