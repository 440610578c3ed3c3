"""What a line of the desk says of the file that came with it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from console.desk.files import sent_file


def _row(**values: object) -> SimpleNamespace:
    whole = {"file_id": 7, "file_kind": "image", "file_state": "kept", "content_type": "image/png"}
    return SimpleNamespace(**{**whole, **values})


def test_a_message_without_file_has_none() -> None:
    assert sent_file(_row(file_id=None, file_kind=None, file_state=None, content_type=None)) is None


def test_a_kept_picture_is_shown() -> None:
    file = sent_file(_row())
    assert file is not None
    assert (file.id, file.picture, file.note) == (7, True, "")


@pytest.mark.parametrize(
    "row",
    [
        _row(content_type="image/svg+xml"),
        _row(content_type=None),
        _row(file_kind="file", content_type="image/png"),
        _row(file_kind="voice", content_type="audio/amr"),
    ],
    ids=["svg", "unknown", "file", "voice"],
)
def test_what_a_browser_might_run_or_cannot_draw_is_saved(row: SimpleNamespace) -> None:
    file = sent_file(row)
    assert file is not None
    assert not file.picture
    assert not file.note


@pytest.mark.parametrize(
    ("state", "word"),
    [("waiting", "正在取来"), ("refused", "没有留下"), ("lost", "没取到"), ("new", "没取到")],
)
def test_a_file_that_is_not_there_says_why(state: str, word: str) -> None:
    file = sent_file(_row(file_state=state, file_kind="video"))
    assert file is not None
    assert file.note.startswith("视频")
    assert word in file.note
