"""How much memory is left."""

from pathlib import Path

import pytest

from nnlab import memory


def test_some_memory_is_left_and_no_more_than_a_machine_has():
    assert 1 << 20 < memory.available_memory() < 1 << 50


@pytest.mark.parametrize(("limit", "left"), [("5000\n", [3000]), ("1000\n", [0]), ("max\n", [])])
def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, left: list[int]):
    (tmp_path / "max").write_text(limit)
    (tmp_path / "current").write_text("2000\n")
    monkeypatch.setattr(memory, "_LIMITS", ((tmp_path / "max", tmp_path / "current"),))
    assert memory._of_containers() == left
    if left:
        assert memory.available_memory() == left[0]
