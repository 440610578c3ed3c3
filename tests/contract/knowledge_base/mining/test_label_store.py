"""Labels on both databases: written ones stay as they were, what customers showed joins them."""

from __future__ import annotations

from datetime import timedelta

from conversations.privacy import HIDDEN
from conversations.questions import Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining import store
from knowledge_base.mining.label_store import add_label, all_labels, stored_labels
from knowledge_base.mining.labels import Judgement, Label, LabelSource, labelled_questions
from knowledge_base.mining.marking import Happened
from storage.database import Database
from tests.contract.knowledge_base.mining.test_store import NOW, WANG, asked


def label(text: str, judgement: Judgement, entry_id: str | None) -> Label:
    return Label(
        text=text,
        judgement=judgement,
        entry_id=EntryId(entry_id) if entry_id else None,
        source=LabelSource.AGENT,
        author="li",
        at=NOW,
    )


async def test_labels_are_added_and_never_replaced(database: Database) -> None:
    first = label("怎么退货", Judgement.SHOULD_BE, "return")
    second = label("怎么退货", Judgement.NO_ENTRY, None)
    async with database.writing() as connection:
        await add_label(connection, first)
        await add_label(connection, second)
    async with database.reading() as connection:
        assert await stored_labels(connection) == (first, second)


async def test_no_personal_data_is_kept(database: Database) -> None:
    async with database.writing() as connection:
        await add_label(connection, label("13812345678 的 XE20261102001 到哪了", Judgement.NO_ENTRY, None))
    async with database.reading() as connection:
        (kept,) = await stored_labels(connection)
    assert kept.text == f"{HIDDEN} 的 {HIDDEN} 到哪了"


async def test_what_customers_chose_joins_what_people_wrote(database: Database) -> None:
    offer = Happened(key="m1", at=NOW - timedelta(minutes=5), question=asked("退", Reaction.ASKED, "a", "b"))
    async with database.writing() as connection:
        await add_label(connection, label("几点关门", Judgement.RIGHT, "hours"))
        await store.record(connection, {WANG: offer})
        await store.record(connection, {WANG: Happened(key="m2", at=NOW, chosen="b")})
        labels = await all_labels(connection, NOW - timedelta(days=1), NOW + timedelta(days=1))
    found = {question.text: question.expected for question in labelled_questions(labels)}
    assert found == {"几点关门": {"hours"}, "退": {"b"}}
