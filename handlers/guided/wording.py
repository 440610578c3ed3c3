"""What guided conversations say: every text of them is here, or beside the rule that it tells."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.guided.forms import CONFIRMED, SKIPPED, Form
from handlers.order_texts import yuan

LABELS: Mapping[str, str] = {
    "order_no": "订单",
    "product": "商品",
    "reason": "原因",
    "new_spec": "换成",
    "address": "新地址",
    "phone": "手机号",
    "title_kind": "抬头类型",
    "title": "抬头",
    "tax_no": "税号",
    "email": "邮箱",
    "details": "情况",
    "problem": "问题",
    "wish": "希望",
    "reward": "兑换",
}
"""Each slot, as a line of the summary begins."""

PROMPTS: Mapping[str, str] = {
    "product": "{about}是哪件商品？",
    "reason": "方便说下原因吗？",
    "new_spec": "想换成什么样的？比如“换大一码”“换一袋新的”。",
    "address": "新的收货地址是哪里？从省市写到门牌号～",
    "phone": "收件手机号要换吗？换的话把新号码发我，不换回复“不变”。",
    "title_kind": "发票抬头开个人还是公司？",
    "title": "发票抬头写什么？{hint}",
    "tax_no": "公司的税号是多少？营业执照上 18 位的那个～",
    "email": "电子发票发到哪个邮箱？",
    "details": "您说，我仔细记下来：发生了什么？",
    "problem": "是什么问题呢？有照片的话，等会儿可以发给接手的同事。",
    "wish": "您希望怎么处理？",
    "reward": "您有 {points} 积分，想换哪个？",
    "change": "要改哪一样？",
}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "reason": ("不喜欢、不合适", "质量有问题", "发错了或少发了"),
    "problem": ("少发了", "坏了或变质", "发错了"),
    "title_kind": ("个人", "公司"),
    "phone": ("不变",),
}
WISHES: Mapping[str, tuple[str, ...]] = {
    "trouble_form": ("补发", "退款", "换货"),
    "complaint_form": ("有人给我回电话", "道歉并改进", "赔偿"),
}

LISTED = 3
"""Orders listed in a text."""

WHICH_ORDER = "{about}是哪一单？点一下，或者把订单号发给我～"
THIS_ORDER = "{about}是这一单吗？\n{line}"
THIS_ONE = "就是这一单"
NOT_THIS_ONE = "不是这一单"
NONE_FITS = "{why}\n{about}是别的单的话，把订单号发给我就行。"
ORDER_NUMBER = "请把订单号发给我，在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
ABOUT_AN_ORDER = "和哪一单有关？把订单号发给我；没有的话回复“跳过”。"
ABOUT_WHICH = "和哪一单有关？点一下，或者把订单号发给我；没有的话回复“跳过”。"
SKIP = "跳过"
NO_WISH = "没有特别要求"
TAKEN = "好的，看到您这一单：{line}"
SEVERAL_ORDERS = "有几单都对得上，是哪一单？\n{lines}"
WHICH_OF_THEM = "没对上是哪一单，点一下，或者说“昨天下的单”“买大米的那单”都行～"
NO_NUMBER = "这里面没看到订单号，麻烦核对一下～"
ANOTHER_ONE = "好的，那是另外一单。"
NO_SUCH_ORDER = "没有查到订单 {number}，麻烦核对一下，在小程序“我的订单”里复制最准～"
NOT_YOURS = "为了安全，{title}只能由下单的微信来办。请用下单的微信找我，或回复“转人工”，请同事核实。"
MALL_AWAY = "订单系统这会儿没有回应，您说的都还记着。过几分钟再发一次，着急的话回复“转人工”～"
POINTS_AWAY = "积分系统这会儿没有回应，过几分钟再说一次要换什么就行，着急的话回复“转人工”～"
POINTS_UNKNOWN = "我这边还认不出您的会员账号，查不到积分。想换什么告诉我，或回复“转人工”，请同事帮您换～"
TOO_FEW = (
    "您有 {points} 积分，现在还不够换：最少的是“{name}”，要 {needed} 积分。攒够了再来；不换了回复“不办了”～"
)
NO_REWARDS = "现在没有能用积分换的东西，有了会在公众号里告诉大家。不换了回复“不办了”～"
NOT_ENOUGH = "“{name}”要 {needed} 积分，您有 {points} 积分，还差一点点～换一个看看？"
WHICH_REWARD = "没对上是哪一个，点一下名字，或者回复前面的数字～"
WHICH_GOODS = "没对上是哪件商品，点一下名字，或者回复前面的数字～"
OFFER_A_PERSON = "要是不方便，回复“转人工”，前面说的我都会转告同事～"
NO_HURRY = "好的，不急，我等您～"
OTHER_ORDER = "好的，换一单。"
WHAT_TO_CHANGE = "好的，改哪一样都行。"
SUBMIT_OR_CHANGE = "没太明白您的意思。都对就回复“确认提交”，要改就直接说，比如“手机号换成…”。"
NOTHING_TO_CHANGE = "都不改"
PERSON = "转人工"
REFUND_ONLY_NOTED = "想只退款、不寄回，我记下了。这要同事看过才能定，我把情况问全了一起转过去～"
RETURN_TOO_NOTED = "好的，那就按退货退款来～"

CONFIRM = "帮您核对一下{title}：\n{lines}\n都对的话，我就提交了？"
YES, CHANGE, NO = "确认提交", "改一下", "不办了"

SUBMITTED = "好的，{title}申请交上去了，结果马上告诉您～"
TO_PEOPLE = "好的，都记下来转给同事了，会尽快在这里回复您。谢谢您告诉我们～"
CANCELLED = "好的，{title}先不办了，填的内容我不留。需要时再叫我～"
NOT_WHOLE = "{title}还没填完整，这次没有提交。想接着办，再跟我说一声“{title}”～"
NOT_ANY_MORE = "{why}\n这次没有提交，您填的内容我不留。"
REFUND_ONLY = "仅退款要同事核实情况，我已经把您说的都转过去了，会尽快在这里回复您～"


def confirm(form: Form, collected: Mapping[str, str], shown_order: str) -> str:
    """The summary, and the question. ``shown_order`` is the order as its customer knows it."""
    return CONFIRM.format(
        title=form.title, lines="\n".join(summary(form, {**collected, "order_no": shown_order}))
    )


def about(form: Form) -> str:
    """What the order or the goods are asked about for: 要退货的."""
    return {"trouble_form": "有问题的", "cancel_form": "要取消的"}.get(form.name, f"要{form.title}的")


def without_mall(form: Form, slot: str) -> str:
    """The question while no orders can be shown."""
    return ORDER_NUMBER if slot == "order_no" else PROMPTS[slot].format(about=about(form))


def choice_of(form: Form, text: str) -> str | None:
    """The slot of the form that has this text among its choices; None for any other text."""
    offered = {**CHOICES, "wish": WISHES.get(form.name, ())}
    return next(
        (slot for slot in form.slots if slot not in ("phone", CONFIRMED) and text in offered.get(slot, ())),
        None,
    )


def summary(form: Form, collected: Mapping[str, str]) -> list[str]:
    """What was told, a line each; what was skipped is left out."""
    slots = form.slots if "wish" in form.slots else (*form.slots, "wish")
    told = [slot for slot in slots if slot != CONFIRMED and collected.get(slot, SKIPPED) != SKIPPED]
    return [f"{LABELS[slot]}：{_shown(slot, collected[slot])}" for slot in told]


def _shown(slot: str, value: str) -> str:
    return f"{value[:3]}****{value[-4:]}" if slot == "phone" else value


def worth(points: int) -> str:
    """Points as the money they stand for, in yuan: 10 are 1 yuan."""
    return yuan(points * 10)
