"""Variables in answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.variables import VARIABLES, render, variable_problems, variables_in


@pytest.mark.parametrize(
    ("answer", "values", "said"),
    [
        ("{name}好", {"name": "小王"}, "小王好"),
        ("{name}好", {}, "您好"),
        ("{name|亲}好", {}, "亲好"),
        ("{name|亲}好", {"name": "  "}, "亲好"),
        ("{ 称呼 }好，{订单号}已发货", {"order": "E1001"}, "您好，E1001已发货"),
        ("{order|}已发货", {}, "已发货"),
        ("{name}", {"name": "{order}"}, "{order}"),
        ("{name}好", {"name": "王\n小\t明"}, "王 小 明好"),
        ("{unknown}走了", {}, "走了"),
        ("｛name｝", {}, "｛name｝"),
    ],
)
def test_what_is_said(answer: str, values: dict[str, str], said: str) -> None:
    assert render(answer, values) == said


@given(st.text(alphabet="{}|name称呼x \n", max_size=30))
def test_no_placeholder_is_ever_sent(answer: str) -> None:
    said = render(answer, {})
    assert "{name}" not in said
    assert "{称呼}" not in said
    if not variable_problems(answer):
        assert not set(said) & set("{}")


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("{oder}已发货", "不认识变量 {oder}；可用：{name}称呼、{order}订单号"),
        ("您的{}", "不认识变量 {}"),
        ("您好{name", "不成对的花括号"),
        ("name}", "不成对的花括号"),
    ],
)
def test_what_may_not_be_published_names_itself_and_the_cure(answer: str, part: str) -> None:
    (problem,) = variable_problems(answer)
    assert part in problem
    assert "全角" in problem


def test_all_known_variables_may_be_published() -> None:
    for variable in VARIABLES:
        answer = f"{{{variable.name}}}和{{{variable.label}|别的}}"
        assert variable_problems(answer) == []
        assert variables_in(answer) == {variable.name}
