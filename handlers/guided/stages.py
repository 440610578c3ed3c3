"""What a message means to a guided conversation as a whole: no more of it, hand it in, change something. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.guided import wording
from handlers.guided.forms import CONFIRMED, PERSONAL, Form
from intents.wording import normalise, words_only

YES = "yes"
"""What ``confirmed`` holds when the customer wants it handed in."""

_ENDING = "[吧啊呀哈了呢的哦]*$"
_STOP = re.compile(
    "^(?:那|就|先|还是|我|都|这次|暂时)*"
    "(?:(?:不办|不弄|不退货?|不换货?|不开发?票?|不取消|别取消|不用取消|不投诉|不兑换?|算|取消|别办|不要|不用|停|不搞)(?:了|吧)+)+"
    f"{_ENDING}"
)
_STOP_PLAIN = re.compile(f"^(?:算了|取消|不办|停止|退出|不用了谢谢|不取消|别取消了?|不用取消){_ENDING}")
_ADDRESS_STAYS = re.compile(f"^(?:那|就|先|还是|我)*不改(?:地址)?了{_ENDING}")
_NOT_WANTED = re.compile(f"^(?:我|就是|都)*(?:不想?要|不需要|用不上|不喜欢)(?:了|的)*{_ENDING}")
_CANCEL_IT = re.compile(f"^(?:就|帮我|给我|请|对|是的)*(?:取消|不要|不想要)(?:订单|这单|掉|了)*{_ENDING}")
_SKIP = re.compile(
    "^(?:跳过|没(?:有|啥|什么)?(?:特别)?(?:的)?要求|没有|没|无|不用|不变|不换|不改|不需要|就这样|(?:就|还)?(?:用|是)?原来的?|和订单无关|不是订单的?事?|不记得|忘了|不知道)"
    f"(?:了|的|号码?|手机|单|订单)*{_ENDING}"
)
_WAIT = re.compile(
    "^(?:好的?|嗯|那|你)*(?:(?:稍|请|先)?等我?(?:一下|会儿?|等|一会儿?)|稍等|不急|我(?:先|去|再)?(?:找找?|看看?|查查?|想想?|问问?)(?:一下|看|订单号?|税号)*|马上)+"
    f"(?:我|去|先|找找|看看|再|说|发你|给你)*{_ENDING}"
)
_YES = re.compile(
    "^(?:确认提交|确认|提交|对的?|是的?|没错|没问题|没有问题|可以的?|好的?|行的?|嗯+|ok|都?对|就这样|同意|要的|不用改|不改了"
    f"|无误|正确|赶紧办|办吧|就?先?这样|就这么办)+{_ENDING}"
)
_UNSURE = re.compile("不|另|改|换|错|别|吗|等|先|再|但|还|没")
_CHANGE = re.compile(
    f"^(?:我?要?)?(?:改一下|改下|要改|修改|改|不对|不是|有错|错了|有问题|不|不行|写错了|填错了|换别的|换一?个(?:别的)?){_ENDING}"
)
_LONGEST_YES = 8
_FILLING = re.compile("能不能|可不可以|可以吗|行吗|我想|我要|给我|帮我|还有|这单|这个|那个|不对|是|的|吧|吗")

_WISHING = re.compile("我|要|想|请|麻烦|帮忙|申请|办理|需要|一下|现在|还|就|了|呢|啊|呀|哦")


def no_more(form: Form, asked: str | None, intent: str, text: str) -> bool:
    """Whether the customer wants no more of it. 不要了 may be why goods are returned, and what cancels an order."""
    words = words_only(normalise(text))
    if words == words_only(wording.NO):
        return True
    if asked is None or _means_something_else(form, asked, text, words):
        return False
    if form.name == "address_form" and asked != "change" and _ADDRESS_STAYS.match(words):
        return True
    return intent == "stop" or bool(_STOP.match(words) or _STOP_PLAIN.match(words))


def _means_something_else(form: Form, asked: str, text: str, words: str) -> bool:
    if asked in form.skippable and says_skip(text):
        return True
    if asked == "reason" and _NOT_WANTED.match(words):
        return True
    return form.name == "cancel_form" and bool(_CANCEL_IT.match(words))


def says_wait(text: str) -> bool:
    """Whether a text asks for a moment, and says nothing else."""
    return bool(_WAIT.match(words_only(normalise(text))))


def says_skip(text: str) -> bool:
    """Whether a text says that there is nothing to tell, or nothing to change."""
    return bool(_SKIP.match(words_only(normalise(text))))


def says_submit(form: Form, intent: str, text: str) -> bool:
    """Whether a text agrees to what it was shown, and to nothing else."""
    words = words_only(normalise(text))
    if _YES.match(words) or (form.name == "cancel_form" and _CANCEL_IT.match(words)):
        return True
    return intent == "affirm" and 0 < len(words) <= _LONGEST_YES and not _UNSURE.search(words)


def says_change(intent: str, text: str) -> bool:
    """Whether something is wrong with it, without saying what."""
    return bool(_CHANGE.match(words_only(normalise(text)))) or intent == "deny"


def changeable(form: Form, collected: Mapping[str, str]) -> list[str]:
    """The slots that can be changed, in the order in which they are shown."""
    personal = collected.get("title_kind") == PERSONAL
    return [slot for slot in form.slots if slot != CONFIRMED and not (personal and slot == "tax_no")]


def cleared(slot: str) -> dict[str, str | None]:
    """The slot, and what hangs on it, taken back."""
    match slot:
        case "order_no":
            return {"order_no": None, "product": None}
        case "title_kind":
            return {"title_kind": None, "title": None, "tax_no": None}
        case _:
            return {slot: None}


def repeats_wish(form: Form, text: str) -> bool:
    """我要退货, said in a return: what the customer wants, but no answer to why."""
    return _WISHING.sub("", words_only(bare(text))) == form.title


def bare(text: str) -> str:
    """A text without the words that carry nothing of an answer."""
    return _FILLING.sub("", text)
