"""A plan is drawn from its seed, and what the newsreel notes of the platform's log."""

from __future__ import annotations

from tests.chaos.storm.newsreel import Newsreel
from tests.chaos.storm.plan import ACCOUNTS, MovesSilently, Plan, Platform, draw


def plan(seed: int = 1, number: int = 0) -> Plan:
    return draw(messages=1000, customers=100, seconds=60.0, seed=seed, servicers=("li",), number=number)


def test_the_same_seed_draws_the_same_plan() -> None:
    assert plan() == plan()
    assert plan() != plan(seed=2)
    assert plan() != plan(number=1)


def test_every_question_is_its_own_and_everybody_asks() -> None:
    drawn = plan()
    numbers = [says.number for says in drawn.questions]
    assert len(numbers) == len(set(numbers)) == 1000
    assert {says.customer for says in drawn.questions} == set(drawn.customers)
    assert all(says.number in says.text for says in drawn.questions)
    assert not set(numbers) & {says.number for says in plan(number=1).questions}


def test_both_platforms_and_both_accounts_have_their_share() -> None:
    people = plan().customers
    assert sum(person.platform is Platform.OFFICIAL for person in people) == 50
    assert {person.account for person in people if person.platform is Platform.KEFU} == set(ACCOUNTS)
    assert all(act.customer.touched for act in plan().acts if isinstance(act, MovesSilently))


def state(new: int, old: int = 0, by: str = "platform") -> dict[str, object]:
    return {"kind": "kefu.state", "shopper": "wang", "open_kfid": "wk1", "old": old, "new": new, "by": by}


def spoke(by: str = "api", account: str = "wk1") -> dict[str, object]:
    line = {"by": by, "open_kfid": account, "text": "好"}
    return {"kind": "kefu.heard", "shopper": "wang", "line": line}


async def test_words_in_states_2_and_3_are_noticed() -> None:
    newsreel = Newsreel()
    for entry in (spoke(), state(3), spoke("servicer"), spoke("event"), spoke(account="wk2")):
        newsreel.note(entry)
    assert newsreel.over_people == []
    newsreel.note(spoke())
    assert len(newsreel.over_people) == 1
    newsreel.note(state(1, old=3))
    newsreel.note(spoke())
    assert len(newsreel.over_people) == 1
    assert newsreel.touched == {"wang"}
    assert newsreel.moves_to_people == 1


async def test_whom_the_bot_sent_to_the_pool_waits_there_until_somebody_comes() -> None:
    newsreel = Newsreel()
    newsreel.note(state(2, by="api"))
    assert list(newsreel.waiting_in_pool) == [("wang", "wk1")]
    newsreel.note(state(3, old=2, by="person"))
    assert newsreel.waiting_in_pool == {}
