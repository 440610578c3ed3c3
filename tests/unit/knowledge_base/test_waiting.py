"""The line of questions before the model."""

from __future__ import annotations

import pytest

from knowledge_base.errors import KnowledgeBaseBusy
from knowledge_base.searching import Asked
from knowledge_base.waiting import WaitingLine


def join(line: WaitingLine, *texts: str) -> None:
    for text in texts:
        assert not line.join(Asked(text=text)).done()


async def test_the_oldest_goes_with_those_of_its_length() -> None:
    line = WaitingLine(size=10)
    join(line, "四个字啊", "一二三四五六七八", "同样四字", "三个字", "一二三四五六七九", "也是四字")
    assert [each.asked.text for each in line.take(3)] == ["四个字啊", "同样四字", "也是四字"]
    assert [each.asked.text for each in line.take(2)] == ["一二三四五六七八", "一二三四五六七九"]
    assert [each.asked.text for each in line.take(2)] == ["三个字"]
    assert line.take(2) == []
    assert len(line) == 0


async def test_nobody_is_overtaken_for_ever() -> None:
    line = WaitingLine(size=10)
    join(line, "短", "这一句话特别特别特别长", "短", "短", "短")
    assert "这一句话特别特别特别长" not in {each.asked.text for each in line.take(2)}
    join(line, "短", "短", "短")
    assert line.take(2)[0].asked.text == "这一句话特别特别特别长"


async def test_a_full_line_turns_away_until_somebody_is_taken() -> None:
    line = WaitingLine(size=2)
    join(line, "一", "二")
    with pytest.raises(KnowledgeBaseBusy, match="wait"):
        join(line, "三")
    line.take(1)
    join(line, "三")
    assert [each.asked.text for each in line.take(2)] == ["二", "三"]
