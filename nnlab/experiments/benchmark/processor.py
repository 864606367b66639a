"""What the processor calls itself."""

import platform
from pathlib import Path

from nnlab.words import printable, without_middle

_KNOWN = Path("/proc/cpuinfo")
_LONGEST = 120


def processor_name() -> str:
    """As the system has it; where it has none, the kind of machine."""
    try:
        lines = _KNOWN.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    found = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return without_middle(printable(found or platform.processor() or platform.machine() or "unknown"), _LONGEST)
