"""A guided conversation in a line, for the people who go on with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.conversation import Context
from handlers.guided import wording
from handlers.guided.forms import FORMS

LONGEST = 300
"""Characters: more than an agent reads at a glance, less than a card holds."""

SAID = "said"
"""Kept beside the slots: what the customer said in their own words."""


def in_a_line(form: str, collected: Mapping[str, str]) -> str:
    """What it is about, and what was told: 退货：订单：HY…；商品：大米."""
    known = FORMS[form]
    told = "；".join([*wording.summary(known, collected), *filter(None, [collected.get(SAID)])])
    line = f"{known.title}：{told}" if told else known.title
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def under_way(context: Context) -> str:
    """What a person who is asked for in the middle should know; empty when nothing is under way."""
    guided = context.guided
    return in_a_line(guided.form, guided.collected) if guided is not None else ""
