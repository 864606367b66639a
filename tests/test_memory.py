"""How much memory there is, and how much of it is free."""

from pathlib import Path

import pytest

from nnlab import memory


def test_some_memory_is_free_and_no_more_than_there_is():
    assert 1 << 20 < memory.available_memory() < memory.total_memory() < 1 << 50


@pytest.mark.parametrize(("limit", "left"), [("5000\n", 3000), ("1000\n", 0)])
def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, left: int):
    (tmp_path / "max").write_text(limit)
    (tmp_path / "current").write_text("2000\n")
    monkeypatch.setattr(memory, "_GROUPS", ((tmp_path / "max", tmp_path / "current"),))
    assert (memory.total_memory(), memory.available_memory()) == (int(limit), left)


@pytest.mark.parametrize("text", ["max\n", "no number", ""])
def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str):
    installed = memory.total_memory()
    (tmp_path / "max").write_text(text)
    monkeypatch.setattr(memory, "_GROUPS", ((tmp_path / "max", tmp_path / "absent"),))
    assert memory.total_memory() == installed
