"""What an entry says: for the channel, with variables, with what goes with it, and only while it is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from conversations.address import Channel
from conversations.conversation import Context
from conversations.replies import ImageReply, MiniProgramReply, TextReply
from handlers import faq
from handlers.entry_answer import ShopWords, fill_in, says_of, serves, spoken_answer
from handlers.turn import Turn
from intents.understanding import ORDER_NO
from knowledge_base.attachment import Attachment, AttachmentKind
from knowledge_base.entry import Entry, EntryId, in_order
from tests.dialogues.knowledge import ScriptedKnowledge
from tests.unit.handlers.turns import make_turn, only_text, run

ENTRY = Entry(
    id=EntryId("late"),
    question="怎么还没到",
    answer="{name}好，{order}在路上了。",
    variants=in_order({"kefu": "{shop}的{order|包裹}在路上了。"}),
)
SHOP = ShopWords(shop_name="禾野", service_hours="9:00–21:00")
OVER = date(2026, 11, 2)
"""The day before the turns of these tests."""


def turn_on(channel: Channel, **entities: str) -> Turn:
    turn = make_turn("怎么还没到", entities=entities)
    address = replace(turn.conversation.address, channel=channel)
    return replace(turn, conversation=replace(turn.conversation, address=address))


def test_the_channel_chooses_the_answer_and_the_turn_fills_it_in() -> None:
    assert spoken_answer(ENTRY, turn_on(Channel.OFFICIAL), SHOP) == "您好，您的订单在路上了。"
    assert spoken_answer(ENTRY, turn_on(Channel.KEFU), SHOP) == "禾野的包裹在路上了。"
    turn = turn_on(Channel.OFFICIAL, **{ORDER_NO: "E1001"})
    assert spoken_answer(ENTRY, turn, SHOP) == "您好，E1001在路上了。"


def test_what_goes_with_an_answer() -> None:
    entry = replace(
        ENTRY,
        answer="看这里",
        attachments=(
            Attachment(kind=AttachmentKind.IMAGE, ref="MEDIA1"),
            Attachment(kind=AttachmentKind.IMAGE, ref="https://shop.example/a.png"),
            Attachment(kind=AttachmentKind.LINK, ref="https://shop.example/r", title="说明"),
            Attachment(
                kind=AttachmentKind.MINIPROGRAM,
                ref="wx0123456789abcdef",
                title="商城",
                page="pages/a.html",
                thumb="MEDIA2",
            ),
        ),
    )
    picture = ImageReply(media_id="MEDIA1")
    page = MiniProgramReply(
        app_id="wx0123456789abcdef", page="pages/a.html", title="商城", thumb_media_id="MEDIA2"
    )
    text = "看这里\nhttps://shop.example/a.png\n说明：https://shop.example/r"
    said = [say.reply for say in says_of(entry, turn_on(Channel.OFFICIAL), SHOP)]
    assert said == [TextReply(text=text), picture, page]
    said = [say.reply for say in says_of(entry, turn_on(Channel.WECOM), SHOP)]
    assert said == [TextReply(text=f"{text}\n小程序：商城"), picture]


def test_an_entry_says_nothing_after_its_last_day() -> None:
    over = replace(ENTRY, valid_until=OVER)
    assert not serves(over, make_turn())
    assert spoken_answer(over, make_turn(), SHOP) is None
    assert says_of(over, make_turn(), SHOP) == ()


async def test_faq_answers_with_the_shops_words() -> None:
    entry = replace(ENTRY, answer="{shop}{hours}有人。")
    router = faq.router(ScriptedKnowledge([entry], {}), service_hours="9:00–21:00", shop_name="禾野")
    assert only_text(await run(router, make_turn("怎么还没到"))) == "禾野9:00–21:00有人。"


async def test_an_entry_that_is_not_served_is_not_known() -> None:
    over = replace(ENTRY, valid_until=OVER)
    router = faq.router(ScriptedKnowledge([over], {"到": ("late",)}), service_hours=None)
    for text in ("怎么还没到", "到"):
        assert only_text(await run(router, make_turn(text))) == faq.REPHRASE


async def test_an_entry_that_went_while_it_was_looked_for_still_answers() -> None:
    class JustChanged(ScriptedKnowledge):
        def entry(self, entry_id: str) -> Entry | None:
            found = super().entry(entry_id)
            return replace(found, disabled=True) if found else None

    router = faq.router(JustChanged([ENTRY], {}), service_hours=None)
    assert only_text(await run(router, make_turn("怎么还没到"))) == fill_in(
        ENTRY.answer, make_turn(), ShopWords()
    )


async def test_only_served_entries_are_offered_or_chosen() -> None:
    served = Entry(id=EntryId("where"), question="到哪了", answer="看物流。")
    knowledge = ScriptedKnowledge([replace(ENTRY, disabled=True), served], {"到": ("late", "where")})
    outcome = await run(faq.router(knowledge, service_hours=None), make_turn("到"))
    assert outcome.context is not None
    assert outcome.context.offered == ("where",)
    turn = make_turn("1", context=Context(offered=("late", "where")))
    assert only_text(faq.choose(knowledge, turn, 0)) == faq.GONE
    assert only_text(faq.choose(knowledge, turn, 1)) == "看物流。"
