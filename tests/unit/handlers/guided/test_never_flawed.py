"""Whatever is said, in any order, with a mall that comes and goes: nothing empty or impossible is handed in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.errands import Errand, ErrandKind
from conversations.guidance import Ending
from handlers.guided.forms import FORMS
from handlers.guided.service import Heard
from tests.unit.handlers.guided.shop import DELIVERED, LONG_AGO, PAID, REWARDS, STRANGERS, WANG, Played, mall

AWAY = "（商城断开或恢复）"
SAID = (
    *(
        "确认提交",
        "可以",
        "好",
        "嗯",
        "是的",
        "改一下",
        "不对",
        "不是",
        "都不改",
        "算了",
        "不办了",
        "跳过",
        "没有",
        "不变",
    ),
    *(
        "不对，是另一单",
        "不是这一单",
        "就是这一单",
        "最近那单",
        "昨天下的单",
        "买大米的那单",
        "第二个",
        "1",
        "2",
        "9",
        "",
    ),
    *(
        DELIVERED.number,
        PAID.number,
        STRANGERS.number,
        LONG_AGO.number,
        "HY20269999999",
        "20261101001234",
        "A1001",
    ),
    *(
        "订单",
        "商品",
        "原因",
        "新地址",
        "手机号",
        "抬头",
        "税号",
        "邮箱",
        "希望",
        "抽纸",
        "大米",
        "都退",
        "都不是",
    ),
    *(
        "不喜欢",
        "不想要了",
        "质量有问题",
        "原因改成有异味",
        "能不能不退货只退款",
        "还是退货退款",
        "换成蓝色的",
    ),
    *(
        "浙江省杭州市西湖区文三路5号",
        "杭州市",
        "文三路",
        "5号",
        "地址写错了，是上海市徐汇区漕溪路88号",
        "不知道",
    ),
    *(
        "13800001234",
        "手机号换成139 0000 1234",
        "手机号换成138",
        "1380000123",
        "个人",
        "公司",
        "改成个人",
        "还是开公司的",
    ),
    *(
        "禾野测试有限公司",
        "91990000MA00000M11",
        "91990000MA00000M12",
        "税号330106123456789",
        "王小明",
        "抬头改成",
    ),
    *(
        "fp@example.com",
        "fp@example",
        "抽纸一提",
        "电饭煲",
        "快递员乱扔包裹",
        "赔偿",
        "补发",
        "？",
        "😅",
        AWAY,
    ),
)
SENSIBLE: Mapping[str, str] = {
    "product": "都要",
    "reason": "不喜欢",
    "new_spec": "换一袋新的",
    "address": "浙江省杭州市西湖区文三路5号",
    "phone": "不变",
    "title_kind": "公司",
    "title": "禾野测试有限公司",
    "tax_no": "91990000MA00000M11",
    "email": "fp@example.com",
    "details": "快递员乱扔包裹",
    "problem": "少了一袋",
    "wish": "道歉并改进",
    "reward": "抽纸一提",
    "change": "都不改",
    "confirmed": "确认提交",
}
ORDERS: Mapping[ErrandKind, set[str | None]] = {
    ErrandKind.RETURN: {DELIVERED.number},
    ErrandKind.EXCHANGE: {DELIVERED.number, LONG_AGO.number},
    ErrandKind.CHANGE_ADDRESS: {PAID.number},
    ErrandKind.CANCEL: {PAID.number},
    ErrandKind.INVOICE: {DELIVERED.number, PAID.number, LONG_AGO.number},
    ErrandKind.REDEEM_POINTS: {None},
}
NEEDED: Mapping[ErrandKind, set[str]] = {
    ErrandKind.RETURN: {"product", "reason"},
    ErrandKind.EXCHANGE: {"product", "new_spec"},
    ErrandKind.CHANGE_ADDRESS: {"address"},
    ErrandKind.CANCEL: set(),
    ErrandKind.INVOICE: {"title_kind", "title", "email"},
    ErrandKind.REDEEM_POINTS: {"reward"},
}
SHAPES = {
    "phone": r"1[3-9][0-9]{9}",
    "email": r"[a-z]+@[a-z]+\.com",
    "tax_no": "91990000MA00000M11|330106123456789",
    "title_kind": "个人|公司",
    "product": "(五常大米 10斤|抽纸 24包)(、抽纸 24包)?",
    "reward": REWARDS[0].name,
    "address": ".*[市省].*路.*号.*",
}


def impossible(errand: Errand) -> list[str]:
    """What is wrong with an errand."""
    wrong = [slot for slot in NEEDED[errand.kind] if not errand.details.get(slot, "").strip()]
    wrong += [
        slot
        for slot, value in errand.details.items()
        if not value.strip() or not re.fullmatch(SHAPES.get(slot, ".+"), value)
    ]
    if errand.order_no not in ORDERS[errand.kind]:
        wrong.append("order_no")
    if (errand.details.get("title_kind") == "公司") != ("tax_no" in errand.details):
        wrong.append("tax_no")
    return wrong


async def heard(played: Played, text: str, intent: str = "") -> bool:
    """Says it, unless it has ended; whether this ended it at the confirmation."""
    asked = played.asked
    if not has_ended(played):
        await played.hears(text, intent=intent)
        check_what_is_said(played)
        return has_ended(played) and asked == "confirmed"
    return False


def has_ended(played: Played) -> bool:
    return played.ended is not None


def check_what_is_said(played: Played) -> None:
    assert all(played.says), "something empty was said"
    assert all(len(said) <= 260 for said in played.says)
    assert len(played.choices) <= 9
    assert all(len(choice.encode()) <= 128 for choice in played.choices)


@settings(max_examples=400, deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)),
    texts=st.lists(st.sampled_from(SAID), min_size=1, max_size=14),
    intent=st.sampled_from(["", "affirm", "deny", "inform"]),
)
async def test_nothing_empty_or_impossible_is_handed_in(form: str, texts: list[str], intent: str) -> None:
    played = Played(form, mall(DELIVERED, PAID, STRANGERS, LONG_AGO))
    confirming = False
    for text in texts:
        if text == AWAY:
            played.mall.away = not played.mall.away
        else:
            confirming = await heard(played, text, intent) or confirming
    played.mall.away = False
    fitting = PAID if form in ("address_form", "cancel_form") else DELIVERED
    for _ in range(9):
        confirming = await heard(played, SENSIBLE.get(played.asked or "", fitting.number)) or confirming
    assert played.ended is not None, "sensible answers lead to an end"
    if played.ended.ending is Ending.CANCELLED:
        assert (played.ended.errands, played.ended.hand_over) == ((), None)
        return
    assert confirming, "handed in without being confirmed"
    for errand in played.ended.errands:
        assert impossible(errand) == []
    if played.ended.hand_over is not None:
        told = played.ended.collected
        assert all(
            told.get(slot, "").strip()
            for slot in set(FORMS[form].slots) - FORMS[form].skippable - {"confirmed", "tax_no"}
        )


@settings(max_examples=300, deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)),
    collected=st.dictionaries(
        st.sampled_from(
            [*SHAPES, "order_no", "confirmed", "reason", "new_spec", "details", "problem", "wish", "title"]
        ),
        st.sampled_from([*SAID[:-1], "yes", "cancelled"]),
    ),
)
async def test_submit_checks_for_itself(form: str, collected: dict[str, str]) -> None:
    played = Played(form, mall(DELIVERED, PAID, STRANGERS, LONG_AGO))
    ended = await played.service.submit(played.form, collected, WANG)
    for errand in ended.errands:
        assert set(impossible(errand)) <= {"product", "reward"}
    if ended.ending is not Ending.CANCELLED:
        assert collected["confirmed"] == "yes"


async def test_any_text_at_all_is_answered() -> None:
    for form in FORMS:
        played = await Played(form).hears("开始")
        for text in ("\x00", "﷽" * 300, "1" * 400, "[微笑]", "{}%s{slot}", "：，。", "  \n "):
            await played.hears(text)
            assert played.ended is None
            assert all(played.says)
            message = Heard(text=text, intent="", entities={"order_no": "A1", "reason": ""})
            await played.service.heard(played.form, None, message, {}, WANG)
