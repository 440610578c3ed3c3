"""The log of questions on both databases: once per turn, marked later, forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conversations.questions import AskedQuestion, Reaction
from knowledge_base.mining import store
from knowledge_base.mining.marking import Happened
from knowledge_base.mining.questions import BAD, LoggedQuestion, MarkKind, Missed, QuestionKey
from storage.database import Database

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
WANG, LI = "official:gh_shop:wang", "kefu:wk1:li"
MINUTE = timedelta(minutes=1)


def asked(text: str, reaction: Reaction = Reaction.REFUSED, *entries: str) -> AskedQuestion:
    return AskedQuestion(
        text=text, reaction=reaction, rule="unsure", probability=0.25, entries=entries, version="v1"
    )


async def happens(database: Database, **turns: Happened) -> None:
    names = {"wang": WANG, "li": LI}
    async with database.writing() as connection:
        await store.record(connection, {names[name]: turn for name, turn in turns.items()})


async def everything(database: Database) -> tuple[LoggedQuestion, ...]:
    async with database.reading() as connection:
        return await store.questions_between(connection, NOW - timedelta(days=999), NOW + timedelta(days=9))


async def test_a_question_is_kept_as_it_was_asked(database: Database) -> None:
    await happens(
        database,
        wang=Happened(key="m1", at=NOW, question=asked("退", Reaction.ASKED, "return", "refund")),
        li=Happened(key="m2", at=NOW),
    )
    (question,) = await everything(database)
    assert question == LoggedQuestion(
        key=QuestionKey("m1"),
        conversation_id=WANG,
        channel="official",
        text="退",
        reaction=Reaction.ASKED,
        rule="unsure",
        probability=0.25,
        at=NOW,
        entries=question.entries,
        version="v1",
    )
    assert question.entries == ("return", "refund")


async def test_a_turn_that_is_written_twice_is_kept_once(database: Database) -> None:
    await happens(database, wang=Happened(key="m0", at=NOW - MINUTE, question=asked("怎么退货")))
    for _ in range(2):
        again = Happened(key="m1", at=NOW, question=asked("退货怎么弄"), handed_over=True)
        await happens(database, wang=again)
    first, second = await everything(database)
    assert [mark.kind for mark in first.marks] == [MarkKind.REASKED]
    assert [mark.value for mark in first.marks] == ["m1"]
    assert second.missed == (Missed.REFUSED, Missed.HANDED_OVER)


async def test_a_choice_finds_its_offer_behind_a_later_question(database: Database) -> None:
    offer = asked("退", Reaction.ASKED, "return", "refund")
    await happens(database, wang=Happened(key="m1", at=NOW - 5 * MINUTE, question=offer))
    await happens(
        database,
        wang=Happened(key="m2", at=NOW - MINUTE, question=asked("几点关门", Reaction.ANSWERED, "hours")),
    )
    await happens(database, wang=Happened(key="m3", at=NOW, chosen="refund"))
    first, second = await everything(database)
    assert first.chosen == "refund"
    assert second.marks == ()


async def test_people_do_not_mark_each_others_questions(database: Database) -> None:
    await happens(database, wang=Happened(key="m1", at=NOW - MINUTE, question=asked("怎么退货")))
    await happens(database, li=Happened(key="m2", at=NOW, question=asked("怎么退货"), handed_over=True))
    wang, li = await everything(database)
    assert wang.marks == ()
    assert li.channel == "kefu"


async def test_ratings_add_up_and_the_last_one_counts(database: Database) -> None:
    await happens(
        database, wang=Happened(key="m1", at=NOW, question=asked("几点关门", Reaction.ANSWERED, "hours"))
    )
    async with database.writing() as connection:
        for minute, value in enumerate(("good", BAD)):
            await store.add_mark(
                connection, QuestionKey("m1"), MarkKind.RATED, value, at=NOW + minute * MINUTE
            )
        found = await store.question(connection, QuestionKey("m1"))
        nobody = await store.question(connection, QuestionKey("m9"))
    assert found is not None
    assert found.missed == (Missed.RATED_BAD,)
    assert nobody is None


async def test_old_questions_go_and_their_marks_with_them(database: Database) -> None:
    old, new = NOW - timedelta(days=200), NOW
    await happens(database, wang=Happened(key="m1", at=old, question=asked("怎么退货"), handed_over=True))
    await happens(database, wang=Happened(key="m2", at=new, question=asked("怎么退货"), handed_over=True))
    async with database.writing() as connection:
        assert await store.prune(connection, NOW - timedelta(days=180)) == 1
        assert await store.prune(connection, NOW - timedelta(days=180)) == 0
    (left,) = await everything(database)
    assert left.key == "m2"
    assert len(left.marks) == 1
    async with database.writing() as connection:
        assert await store.forget(connection, WANG) == 1
    assert await everything(database) == ()


async def test_questions_are_read_by_key_and_page_by_page(database: Database) -> None:
    texts = [f"第{number}个问题" for number in range(5)]
    async with database.writing() as connection:
        for number, text in enumerate(texts):
            reaction = Reaction.ANSWERED if number % 2 else Reaction.REFUSED
            turn = Happened(key=f"m{number}", at=NOW, question=asked(text, reaction, "hours"))
            await store.record(connection, {f"official:gh_shop:p{number}": turn})
        await store.add_mark(connection, QuestionKey("m1"), MarkKind.RATED, BAD, at=NOW)
    async with database.reading() as connection:
        found = await store.questions_of(connection, [QuestionKey("m1"), QuestionKey("gone")])
        assert {key: question.text for key, question in found.items()} == {"m1": texts[1]}
        assert [mark.value for mark in found[QuestionKey("m1")].marks] == [BAD]
        first = await store.questions_below(connection, None, limit=2)
        assert [question.text for _, question in first] == [texts[4], texts[3]]
        rest = await store.questions_below(connection, first[-1][0], limit=9)
        assert [question.text for _, question in rest] == texts[2::-1]
        answered = await store.questions_below(connection, None, limit=9, reaction=Reaction.ANSWERED)
        assert [question.text for _, question in answered] == [texts[3], texts[1]]
        numbers = await store.answered_numbers(connection, NOW)
        assert set(numbers) == {number for number, _ in answered}
        assert await store.answered_numbers(connection, NOW + timedelta(seconds=1)) == ()
        assert await store.question_number(connection, numbers[0]) == answered[-1][1]
        assert await store.question_number(connection, 999_999) is None
