"""Texts that belong to no intent are read from files, and noise is made the same every time."""

from pathlib import Path

import pytest

from intents.components.background import NOISE, make_noise, read_background


def test_reads_lines_and_json_lines_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("火车几点\n\n火车几点\n")
    (tmp_path / "b.jsonl").write_text('{"query": "怎么退货"}\n')
    background = read_background(["*.txt"], ["*.jsonl"], root=tmp_path)
    assert background.not_for_us[0] == "火车几点"
    assert len(background.not_for_us) == 1 + NOISE
    assert background.questions == ("怎么退货",)


def test_a_pattern_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing"):
        read_background(["nothing*.txt"], [], root=tmp_path)


def test_noise_is_the_same_every_time_and_never_empty() -> None:
    assert make_noise(["你好吗"], 50) == make_noise(["你好吗"], 50)
    assert all(make_noise(["你好吗"], 50))
