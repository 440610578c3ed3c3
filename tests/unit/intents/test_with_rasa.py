"""Rasa's reading, the rules before it, and the fallback behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import yaml

from conversations.clock import ManualClock
from conversations.errors import Transient
from intents.kinds import ALL, ELSEWHERE, FORMS, PERSON, SERVED, SOCIAL
from intents.rasa_service.client import Named, Parsed
from intents.rasa_service.environment import ROOT
from intents.understanding import FAQ, Source, Understanding
from intents.with_rasa import WithRasa

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)


@dataclass(slots=True)
class Knows:
    understanding: Understanding

    async def parse(self, text: str) -> Understanding:
        return self.understanding


@dataclass(slots=True)
class Rasa:
    parsed: Parsed | None

    async def parse(self, text: str) -> Parsed:
        if self.parsed is None:
            raise Transient("away")
        return self.parsed


RETURN = Parsed(
    intent="return_goods",
    confidence=0.9,
    ranking=(("return_goods", 0.9), ("exchange_goods", 0.05), ("not_ours", 0.04)),
    entities=(Named(entity="product", text="电饭煲", start=0, end=3, extractor="model"),),
)
QUESTION = Understanding(intent=FAQ, confidence=1.0, entities={"order_no": "HY20261101001"})


async def _read(known: Understanding, parsed: Parsed | None) -> Understanding:
    return await WithRasa(Rasa(parsed), Knows(known), ManualClock(NOON)).parse("…")


async def test_sure_words_need_no_rasa() -> None:
    sure = Understanding(intent="ask_human", confidence=1.0)
    assert await _read(sure, RETURN) == sure


async def test_rasa_reads_what_no_rule_knows_and_adds_what_it_names() -> None:
    assert await _read(QUESTION, RETURN) == Understanding(
        intent="return_goods",
        confidence=0.9,
        entities={"order_no": "HY20261101001", "product": "电饭煲"},
        others=(("exchange_goods", 0.05),),
        source=Source.RASA,
    )


@pytest.mark.parametrize("intent", ["nlu_fallback", "faq", "", "unheard_of"])
async def test_what_is_none_of_our_intents_is_a_question(intent: str) -> None:
    parsed = Parsed(intent=intent, confidence=0.7, ranking=(("stop", 0.2), (intent, 0.7)), entities=())
    read = await _read(QUESTION, parsed)
    assert (read.intent, read.confidence, read.others) == (FAQ, 0.7, (("stop", 0.2),))


async def test_while_rasa_is_away_the_other_one_is_asked_and_that_is_told() -> None:
    read = await _read(QUESTION, None)
    assert (read.intent, read.source) == (FAQ, Source.FALLBACK)


def test_every_intent_that_is_trained_is_of_one_kind() -> None:
    trained = {
        part["intent"]
        for file in (ROOT / "intents" / "nlu").glob("*.yml")
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        if "intent" in part
    }
    assert trained == ALL
    assert len(ALL) == len(FORMS) + len(PERSON) + len(SERVED) + len(SOCIAL) + len(ELSEWHERE)
