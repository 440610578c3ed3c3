"""What editors are told of a question that is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from console.knowledge.saying import WHY, told
from conversations.address import Channel
from knowledge_base.decision import Answer, Ask, Candidate, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.editing.trying import said_to
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.serving import Asker

ASKER = Asker(today=date(2026, 11, 22), channel=Channel.KEFU)
ENTRY = Entry(
    id=EntryId("ship"), question="几天到", answer="三天。", variants=in_order({"kefu": "{name}，三天。"})
)
CANDIDATE = Candidate(entry_id=ENTRY.id, question="几天到", answer="三天。", score=1.0, probability=0.9)
ANSWERED = Verdict(
    decision=Answer(candidate=CANDIDATE), rule=Rule.SURE, probability=0.9, cut_off=0.8, ranked=(CANDIDATE,)
)
ASKED = replace(ANSWERED, decision=Ask(candidates=(CANDIDATE,)), rule=Rule.UNSURE)
REFUSED = Verdict(
    decision=Refuse(reason=RefuseReason.NOTHING_NEAR), rule=Rule.NOTHING_NEAR, probability=0.1, ranked=()
)
ENTRIES = {"ship": ENTRY}


def test_an_answer_is_that_of_the_channel_filled_in() -> None:
    found = told(said_to(ASKER, ANSWERED, ANSWERED, ENTRIES.get))
    assert (found.kind, found.text, found.why) == ("answer", "您，三天。", WHY[Rule.SURE])
    assert not found.withheld


def test_an_entry_that_went_meanwhile_says_what_it_said() -> None:
    assert told(said_to(ASKER, ANSWERED, ANSWERED, lambda entry_id: None)).text == "三天。"


def test_what_is_asked_back_has_no_text() -> None:
    found = told(said_to(ASKER, ASKED, ASKED, ENTRIES.get))
    assert (found.kind, found.text, found.choices) == ("ask", "", ("几天到",))


def test_of_what_is_not_served_editors_see_what_would_be_said() -> None:
    found = told(said_to(ASKER, REFUSED, ANSWERED, ENTRIES.get))
    assert (found.kind, found.text, found.withheld) == ("refuse", "", True)
    assert (found.why, found.near) == (WHY[Rule.SURE], (CANDIDATE,))
    assert not told(said_to(ASKER, REFUSED, REFUSED, ENTRIES.get)).withheld
