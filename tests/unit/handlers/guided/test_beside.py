"""A question beside a guided conversation, and a wish for later."""

from dataclasses import replace
from datetime import UTC, datetime

from conversations.conversation import Context
from conversations.guided import Guided
from conversations.outcomes import HandOver, HandOverReason, Outcome, Say, say
from conversations.replies import ImageReply, MenuReply, TextReply
from handlers.guided import later
from handlers.guided.beside import asked_again, with_prompt
from tests.unit.handlers.turns import make_turn

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
RETURN = Guided(form="return_form", tracker="t", touched_at=NOON, asked="reason", prompt="为什么要退呢？")
CHOOSING = replace(RETURN, prompt="哪一单？", choices=("大米那单", "抽纸那单"))


def test_the_question_is_asked_again_in_the_same_message() -> None:
    before = Context(guided=RETURN)
    outcome = with_prompt(say("运费由我们出。", context=Context(last_entry="a")), RETURN, before)
    assert [item.reply for item in outcome.says] == [
        TextReply(text="运费由我们出。\n\n咱们接着来：为什么要退呢？")
    ]
    assert outcome.context == Context(last_entry="a", guided=RETURN)


def test_its_choices_come_back_with_it() -> None:
    (item,) = with_prompt(say("运费由我们出。"), CHOOSING, Context(guided=CHOOSING)).says
    assert isinstance(item.reply, MenuReply)
    assert [choice.label for choice in item.reply.choices] == ["大米那单", "抽纸那单"]
    assert item.reply.head.endswith("哪一单？")
    assert isinstance(asked_again(CHOOSING).reply, MenuReply)


def test_after_a_picture_it_is_a_message_of_its_own() -> None:
    outcome = Outcome(says=(Say(reply=ImageReply(media_id="m")),))
    assert len(with_prompt(outcome, RETURN, Context(guided=RETURN)).says) == 2


def test_where_something_else_is_asked_the_question_waits() -> None:
    asking = say("您想问哪个？", context=Context(offered=("a", "b")))
    outcome = with_prompt(asking, RETURN, Context(guided=RETURN))
    assert outcome.says == asking.says
    assert outcome.context == Context(offered=("a", "b"), guided=RETURN)


def test_where_people_are_brought_nothing_more_is_asked() -> None:
    brought = replace(say("好的"), hand_over=HandOver(reason=HandOverReason.ASKED_FOR, summary="x"))
    assert with_prompt(brought, RETURN, Context(guided=RETURN)) == brought


def test_another_wish_is_kept_and_offered_when_the_first_has_ended() -> None:
    begun = later.kept(say("哪一单？", context=Context(guided=RETURN)), Context(), "帮我开发票")
    assert begun.context == Context(guided=RETURN, later="帮我开发票")
    ended = later.offered(say("退货办好了"), "帮我开发票")
    assert ended.context == Context(later="帮我开发票", offered=(later.NOW, later.NO_MORE))
    menu = ended.says[-1].reply
    assert isinstance(menu, MenuReply)
    assert "帮我开发票" in menu.head
    left = later.left(make_turn("不用了", context=ended.context))
    assert left.context == Context()
