"""Who else looks at a conversation."""

from __future__ import annotations

from console.desk.presence import FRESH_MS, Other, others_of
from console.desk.words import also_here

NAMES = {"lin": "小林", "mei": "小美"}


def test_others_are_shown_while_they_say_that_they_are_there() -> None:
    now = 100_000
    found = {
        "lin": f"{now}:writes",
        "mei": f"{now - FRESH_MS + 1}:writes",
        "bo": f"{now - 5}:reads",
        "gone": f"{now - FRESH_MS}:reads",
        "odd": "soon",
    }
    assert others_of(found, "lin", now) == [Other(login="bo", writes=False), Other(login="mei", writes=True)]


def test_it_is_said_in_words() -> None:
    mei, bo, lin = (
        Other(login="mei", writes=True),
        Other(login="bo", writes=False),
        Other(login="lin", writes=False),
    )
    assert also_here([bo, lin, mei], NAMES) == "小美 正在写，bo、小林 也在看"
    assert also_here([bo], NAMES) == "bo 也在看"
    assert also_here([], NAMES) == ""
