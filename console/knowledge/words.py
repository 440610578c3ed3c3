"""What editors read for names of the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.address import Channel
from knowledge_base.audience import CHANNEL_NAMES
from knowledge_base.editing.revisions import Act
from knowledge_base.editing.trial import Outcome
from knowledge_base.importing.planning import Effect

CHANNEL_TITLES: Mapping[Channel, str] = {channel: title for title, channel in CHANNEL_NAMES.items()}

ACT_TITLES: Mapping[Act, str] = {
    Act.IMPORT: "导入",
    Act.EDIT: "编辑",
    Act.DELETE: "删除",
    Act.ROLLBACK: "回退",
    Act.OUTSIDE: "外部改动",
}

OUTCOME_TITLES: Mapping[Outcome, str] = {
    Outcome.RIGHT: "答对",
    Outcome.OFFERED: "反问，有对的选项",
    Outcome.ASKED: "反问，没有对的选项",
    Outcome.REFUSED: "不回答",
    Outcome.WRONG: "答错",
}

EFFECT_TITLES: Mapping[Effect, str] = {
    Effect.ADDED: "新增",
    Effect.UPDATED: "修改",
    Effect.UNCHANGED: "没有变化",
}
