"""What the name of a column says: that it is the label, one of its classes, or that it names the rows."""

import re
from collections.abc import Sequence

# The likeliest first.
LABEL_NAMES = ("label", "class", "target", "category", "species", "digit", "y")
# These are labels only where the column looks like one.
LIKELY_NAMES = (
    *("outcome", "diagnosis", "survived", "quality", "type", "kind", "variety", "churn", "exited", "default", "income"),
    *("fraud", "is_fraud", "result", "status", "response", "output", "grade"),
)
_ID_NAME = re.compile(r"(id|rowid|row_?names?|uuid|guid|unnamed_\d+(_\d+)*|.*_id)")
# Other things are called so too, such as NO beside NO2.
_PLACE_NAME = re.compile(r"(idx|index|row|row_number|nr|no|#)")
_ONE_HOT_PREFIX = re.compile(r"(is|label|labels|class|classes|target|targets|category|species|digit|y)_")


def plain_name(name: str) -> str:
    """Lower case, with _ for what is no letter and between words."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^\w#]+", "_", parted.lower()).strip("_")


def names_rows(name: str) -> bool:
    """Whether a column by this plain name tells which row it is."""
    return _ID_NAME.fullmatch(name) is not None


def may_number_rows(name: str) -> bool:
    """Whether a column by this plain name tells which row it is, if no two rows have the same."""
    return _PLACE_NAME.fullmatch(name) is not None


def labels_named(names: Sequence[str], known: str) -> tuple[int, ...]:
    """The places of the plain names that mean a known label: the one that is it to the letter, or all."""
    # Beside an x, y is a coordinate.
    if known == "y" and "x" in names:
        return ()
    here = tuple(place for place, name in enumerate(names) if _is_label(name, known))
    exact = tuple(place for place in here if is_exact_label(names[place], known))
    return exact if len(exact) == 1 else here


def is_exact_label(name: str, *known: str) -> bool:
    """Whether a plain name is a known label to the letter, or more than one of it."""
    return any(name in (each, _plural(each)) for each in known or LABEL_NAMES)


def tells_label(name: str, label: str) -> bool:
    """Whether a column is another label by its name, as label2 and label_name beside label."""
    return any(_is_label(name, known) and _is_label(label, known) for known in LABEL_NAMES)


def groups_of_classes(names: Sequence[str]) -> list[tuple[int, ...]]:
    """Columns that begin alike, as class_a and class_b do; is_ may be anything, so these come last and stand at an end."""
    prefixes = dict.fromkeys(match[0] for name in names if (match := _ONE_HOT_PREFIX.match(name)))
    groups = {prefix: tuple(n for n, name in enumerate(names) if name.startswith(prefix)) for prefix in prefixes}
    ends = {0, len(names) - 1}
    kept = [prefix for prefix in groups if prefix != "is_" or ends & set(groups[prefix])]
    return [groups[prefix] for prefix in sorted(kept, key=lambda prefix: prefix == "is_") if len(groups[prefix]) > 1]


def _plural(name: str) -> str:
    return {"class": "classes", "category": "categories"}.get(name, name + "s")


def _is_label(name: str, known: str) -> bool:
    bare = re.sub(r"_(id|names?|labels?)$", "", name) if known != "y" else name
    return bare in (known, _plural(known)) or (
        known in ("label", "class", "target") and bool(re.fullmatch(known + r"_?\d+", bare))
    )
