"""Questions left alone, on both databases: the last word on each counts, and nothing of it can be read."""

from __future__ import annotations

from knowledge_base.mining.dismissals import dismissed_prints, print_of, set_dismissed
from storage.database import Database
from tests.contract.knowledge_base.mining.test_store import NOW

CARD, OPEN = print_of("可以代写贺卡吗"), print_of("几点开门")


async def test_the_last_word_counts(database: Database) -> None:
    async with database.writing() as connection:
        await set_dismissed(connection, [CARD, OPEN], dismissed=True, who="lan", at=NOW)
        await set_dismissed(connection, [OPEN], dismissed=False, who="mei", at=NOW)
        await set_dismissed(connection, [], dismissed=True, who="mei", at=NOW)
    async with database.reading() as connection:
        assert await dismissed_prints(connection) == {CARD}


def test_equal_questions_have_one_print_that_says_nothing() -> None:
    assert print_of("请问可以代写贺卡吗？") == CARD
    assert CARD != OPEN
    assert len(CARD) == 64
