"""Whom a note asks to look."""

from __future__ import annotations

import pytest

from escalation.mentions import mentioned

NAMES = {"lin": "小林", "lin2": "小林子", "mei": "小美", "boss": "主管"}


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@小美 来看一下", {"mei"}),
        ("＠小美来看，@主管也看", {"mei", "boss"}),
        ("@小林子", {"lin2"}),
        ("@小林 和@小林", {"lin"}),
        ("@mei please", {"mei"}),
        ("小美来看", set()),
        ("mail a@b.cn", set()),
        ("@ 小美", set()),
        ("@谁", set()),
        ("", set()),
    ],
)
def test_names_behind_an_at_are_asked(text: str, logins: set[str]) -> None:
    assert mentioned(text, NAMES) == logins
