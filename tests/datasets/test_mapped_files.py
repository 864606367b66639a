"""What is copied out of a mapped file is in memory once, not twice."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.cache import Cache
from nnlab.datasets.mapped_files import out_of_reach

SMAPS = Path("/proc/self/smaps")


def resident(file: Path) -> int:
    """Bytes of a file that are mapped into this process and there."""
    entries = SMAPS.read_text().split(f" {file}\n")[1:]
    sizes = [line.split()[1] for entry in entries for line in entry.splitlines()[:4] if line.startswith("Rss:")]
    return 1024 * sum(map(int, sizes))


@pytest.mark.skipif(not SMAPS.exists(), reason="what is mapped cannot be seen here")
@pytest.mark.parametrize("mode", ["r", "c"])
def test_a_copy_leaves_no_pages_of_the_file_behind(mode: str, tmp_path: Path):
    file = tmp_path / "rows.bin"
    expected = np.random.default_rng(0).integers(0, 256, (40_000, 784), np.uint8)
    expected.tofile(file)
    mapped = np.memmap(file, np.uint8, mode, 0, expected.shape)
    if mode == "c":
        # What was written to it alone is nowhere else.
        mapped[0] = expected[0] = 7
    before = resident(file)
    copy = out_of_reach(mapped, Cache(None), lambda *_: None)
    np.testing.assert_array_equal(copy, expected)
    if mode == "r":
        assert resident(file) <= before < expected.nbytes / 2
    np.testing.assert_array_equal(mapped, expected)
