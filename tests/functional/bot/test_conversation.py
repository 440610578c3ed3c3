"""What shoppers hear: one running bot, one simulated platform, everything said passively and within its rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from conversations.clock import SystemClock
from handlers.faq import WHICH
from handlers.unsupported import LINK, PICTURE, PLACE, VIDEO, VOICE
from mall.demo import seed
from storage.questions_schema import question_marks, questions
from storage.schema import cases, conversations, inbox, messages
from tests.functional.bot.shop import QUESTION, VAGUE, answers, right_answer
from tests.functional.bot.watching import (
    api_calls,
    conversation_of,
    database_of,
    drained,
    faults,
    hears,
    lines,
    rows,
    rows_of,
    violations,
)
from tests.functional.world import World, line_text
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIMULATOR = ("--timeout-scale", "0.6")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def within_the_rules(world: World) -> AsyncIterator[None]:
    """Whatever a test does, the platform has nothing to object to and nothing is sent by the API."""
    before = len(await api_calls(world))
    yield
    assert await violations(world) == {}
    assert len(await api_calls(world)) == before


async def act(world: World, shopper: str, what: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    """Any act that gets an answer; the line that was heard."""
    answer = await world.sim("POST", f"shoppers/{shopper}/{what}?wait=answer&timeout={PATIENCE}", body or {})
    assert answer["heard"] is not None, world.log()
    heard: dict[str, Any] = answer["heard"]
    return heard


async def test_a_question_gets_the_right_answer_and_costs_no_quota(world: World) -> None:
    heard = await act(world, "wang", "say", {"text": QUESTION})
    assert (heard["route"], heard["attempt"]) == ("passive", 1)
    assert line_text(heard) == right_answer()


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("没有账号能买吗", QUESTION),
        ("荔枝几月份有啊", "荔枝什么时候上市？"),
        ("杨梅要泡盐水吗???", "杨梅怎么洗？"),
    ],
)
async def test_other_words_for_a_question_get_its_answer(world: World, typed: str, question: str) -> None:
    assert await world.says("zhao", typed) == right_answer(question)


async def test_the_url_is_verified(world: World) -> None:
    assert (await world.sim("POST", "verify"))["ok"] is True


async def test_a_greeting_names_the_shop(world: World) -> None:
    assert "禾野集" in str(await world.says("wang", "你好"))


async def test_an_order_is_told_to_its_owner_with_everything_and_to_others_without(world: World) -> None:
    await world.says("owner", "你好")
    async with database_of(world) as database:
        await seed(database, SystemClock(), {"first": await conversation_of(world, "owner")})

    mine = str(await world.says("owner", "我的订单HY20261101001到哪了"))
    theirs = str(await world.says("stranger", "HY20261101001"))

    assert "SF1450093827716" in mine
    assert "HY20261101001" in theirs
    assert "SF1450093827716" not in theirs
    assert "HY20261101002" in str(await world.says("owner", "我的订单到哪了"))


async def test_an_unknown_order_is_said_to_be_unknown_and_may_be_given_again(world: World) -> None:
    assert "没有查到订单 HY20991231999" in str(await world.says("li", "查订单HY20991231999"))
    assert "请把订单号发给我" in str(await world.says("chen", "我的订单到哪了"))


async def test_a_question_with_several_meanings_is_asked_back_and_a_number_chooses(world: World) -> None:
    said = {f"zhou{n}": str(await world.says(f"zhou{n}", words)) for n, words in enumerate(VAGUE)}
    shopper, asked = next((who, text) for who, text in said.items() if text.startswith(WHICH))
    second = asked.splitlines()[2].removeprefix("2. ")
    assert await world.says(shopper, "2") == answers()[second]


async def test_a_question_may_lean_on_the_one_before_it_until_somebody_leaves(world: World) -> None:
    assert await world.says("leaning", "怎么换货？") == right_answer("怎么换货？")
    assert await world.says("leaning", "那要多久呢") == right_answer("换货要多久？")
    await world.sim("POST", "shoppers/leaning/unfollow", {})
    await drained(world)
    await act(world, "leaning", "follow")
    assert await world.says("leaning", "那要多久呢") != right_answer("换货要多久？")


async def test_an_answer_that_did_not_help_is_marked_and_something_else_is_offered(world: World) -> None:
    await world.says("unhelped", QUESTION)
    assert "没帮到您" in str(await world.says("unhelped", "没解决"))
    (asked,) = await rows_of(world, questions, "unhelped")
    (mark,) = await rows(world, question_marks, question_key=asked.key)
    assert (mark.kind, mark.value) == ("rated", "bad")


async def test_asking_for_a_person_writes_one_case(world: World) -> None:
    assert "客服" in str(await world.says("he", "转人工"))
    (case,) = await rows_of(world, cases, "he")
    assert (case.reason, case.summary, case.state) == ("asked_for", "转人工", "open")


async def test_a_callback_that_comes_three_times_still_writes_one_case(world: World) -> None:
    async with faults(world, {"side": "callback", "kind": "drop_response", "shopper": "hong", "count": 2}):
        heard = await act(world, "hong", "say", {"text": "转人工"})
        await drained(world)
    assert heard["attempt"] == 3
    assert len(await rows_of(world, cases, "hong")) == 1
    assert len(await rows_of(world, inbox, "hong")) == 1


async def test_a_lost_answer_is_given_again_to_the_retry(world: World) -> None:
    async with faults(world, {"side": "callback", "kind": "drop_response", "shopper": "ma", "count": 1}):
        heard = await act(world, "ma", "say", {"text": QUESTION})
        await drained(world)
    assert (heard["route"], heard["attempt"], line_text(heard)) == ("passive", 2, right_answer())
    assert len(await lines(world, "ma")) == 1


@pytest.mark.parametrize("kind", ["duplicate", "duplicate_after"])
async def test_copies_of_a_callback_are_answered_alike_and_once(world: World, kind: str) -> None:
    shopper = f"copy-{kind}"
    async with faults(world, {"side": "callback", "kind": kind, "shopper": shopper, "count": 1}):
        assert await world.says(shopper, QUESTION) == right_answer()
        await drained(world)
    assert len(await lines(world, shopper)) == 1
    assert len(await rows_of(world, messages, shopper)) == 2


async def test_messages_of_one_person_are_answered_in_order(world: World) -> None:
    numbers = [f"HY2099000000{n}" for n in range(5)]
    for number in numbers:
        await act(world, "xu", "say", {"text": f"订单{number}到哪了"})
    heard = await hears(world, "xu", 5)
    assert [number for text, number in zip(heard, numbers, strict=True) if number in text] == numbers


@pytest.mark.parametrize(
    ("what", "body", "said"),
    [
        ("image", {}, PICTURE),
        ("voice", {}, VOICE),
        ("voice", {"recognition": ""}, VOICE),
        ("voice", {"recognition": QUESTION}, None),
        ("video", {}, VIDEO),
        ("location", {"latitude": 23.1, "longitude": 113.3, "label": "广州"}, PLACE),
        ("link", {"title": "荔枝", "url": "https://shop.example/1"}, LINK),
    ],
)
async def test_what_is_not_text_is_answered_too(
    world: World, what: str, body: dict[str, object], said: str | None
) -> None:
    assert line_text(await act(world, "sun", what, body)) == (said or right_answer())


async def test_following_is_welcomed_and_leaving_is_quiet(world: World) -> None:
    await world.sim("POST", "shoppers", {"id": "newcomer", "following": False})
    welcome = line_text(await act(world, "newcomer", "follow"))
    assert "欢迎来到禾野集" in welcome
    await world.sim("POST", "shoppers/newcomer/unfollow", {})
    await drained(world)
    assert len(await lines(world, "newcomer")) == 1
    assert [row.state for row in await rows_of(world, inbox, "newcomer")] == ["done", "done"]
    assert "欢迎来到禾野集" in line_text(await act(world, "newcomer", "follow"))


async def test_menus_ask_questions_and_run_intents(world: World) -> None:
    asked = await act(world, "qian", "click", {"key": f"faq:{QUESTION}"})
    assert line_text(asked) == right_answer()
    assert "请把订单号发给我" in line_text(await act(world, "qian", "click", {"key": "order_status"}))
    assert "菜单" in line_text(await act(world, "qian", "click", {"key": "nonsense"}))


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("view", {"url": "https://shop.example"}),
        ("whereabouts", {"latitude": 23.1, "longitude": 113.3}),
        ("event", {"event": "something_new", "fields": {"A": "b"}}),
        ("scan", {"scene": "s"}),
    ],
)
async def test_events_without_meaning_for_us_are_kept_and_not_answered(
    world: World, what: str, body: dict[str, object]
) -> None:
    shopper = f"event-{what}"
    await world.sim("POST", "shoppers", {"id": shopper, "following": True})
    await world.sim("POST", f"shoppers/{shopper}/{what}", body)
    await drained(world)
    assert await lines(world, shopper) == []
    assert [row.state for row in await rows_of(world, inbox, shopper)] == ["done"]


async def test_the_platforms_agents_silence_the_bot_and_give_back(world: World) -> None:
    assert await world.says("lu", QUESTION) == right_answer()
    for event, owner in (("kf_create_session", "agent"), ("kf_close_session", "bot")):
        await world.sim(
            "POST",
            "shoppers/lu/event",
            {"event": event, "fields": {"KfAccount": "lan@shop", "CloseType": "KF"}},
        )
        await drained(world)
        (conversation,) = await rows(world, conversations, id=await conversation_of(world, "lu"))
        assert conversation.owner == owner
        await world.sim("POST", "shoppers/lu/say", {"text": QUESTION})
        await drained(world)
    assert len(await lines(world, "lu")) == 2


async def test_health_and_readiness(world: World) -> None:
    async with world.session.get(f"{world.bot_url}/healthz") as response:
        assert (response.status, await response.json()) == (200, {"alive": True})
    async with world.session.get(f"{world.bot_url}/readyz") as response:
        assert response.status == 200
        assert await response.json() == {
            "ready": True,
            "checks": {"database": "ok", "redis": "ok", "knowledge_base": "ok"},
            "degraded": [],
        }


async def test_metrics_count_and_name_nobody(world: World) -> None:
    await world.says("metric-shopper", f"{QUESTION}秘密")
    openid = (await world.sim("GET", "shoppers/metric-shopper"))["openid"]
    async with world.session.get(f"{world.bot_url}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    for name in ("xiaoer_callbacks_total", "xiaoer_inbound_total", "xiaoer_turns_total", "xiaoer_waiting"):
        assert f"\n{name}{{" in text
    assert 'result="passive"' in text
    assert openid not in text
    assert "秘密" not in text


async def test_the_log_holds_neither_texts_nor_secrets(world: World) -> None:
    await world.says("private", "我的暗号是芝麻开门")
    log = world.log()
    assert "芝麻开门" not in log
    secrets = [value for name, value in world.environment.items() if name.startswith("XIAOER_OFFICIAL__")]
    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in log]
