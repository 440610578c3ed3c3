"""Whether a customer is beside themselves, or says that they will go public: then a person is needed at once. Pure.

Narrow on purpose: who is only cross, or asks how to complain, is served like anybody (the bot may well do at once what
they want); whoever threatens, insults or swears is not. Goods have names such as 空气炸锅, in which 气炸 means nothing.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from intents.patterns import any_of


class Heat(Enum):
    ANGRY = auto()
    GOES_PUBLIC = auto()


_AUTHORITIES = "(12315|12345|消协|消费者协会|工商局?|市场监管局?|监管局|法院|派出所|食药监局?)"
_MEDIA = "(微博|抖音|小红书|快手|网上|朋友圈|媒体|记者|电视台|知乎|b站)"
_WILL = "(我|我们|就|再|要|去|给你们?|马上|现在|已经|准备|直接)"

_GOES_PUBLIC = re.compile(
    any_of(
        f"{_WILL}.{{0,6}}(打|找|去|告到?|投诉到?|举报到?|报到?|捅到|反映到?).{{0,3}}{_AUTHORITIES}",
        f"{_WILL}.{{0,4}}(打)?(12315|12345)",
        f"{_AUTHORITIES}.{{0,4}}(告你|投诉你|举报你|见)",
        f"{_WILL}.{{0,6}}(发到?|捅到?|挂到?|上|找).{{0,2}}{_MEDIA}.{{0,8}}(曝光|看看|评评|挂你|见)",
        f"{_WILL}.{{0,4}}(曝光|爆光|挂网|网曝)",
        "(要|会|准备|已经)(起诉|告你|发律师函|请律师|走法律)",
        "(律师函|法庭|法院)(见|等着)",
    ),
    re.IGNORECASE,
)
_ANGRY = re.compile(
    any_of(
        "(你们?|这|这家|就是|纯|都是|全是|一群|什么)(就是|都是|是|个|帮|群)?(骗子|骗钱|坑人|坑钱|黑心|奸商|无良)",
        "^(骗子|骗子店|黑店|垃圾|垃圾店|奸商|坑货)[!！。~]*$",
        "(垃圾|破|烂|狗屁|黑心)(店铺?|商家|平台|公司|服务|客服|玩意)",
        "(忍无可忍|受够了|欺人太甚|岂有此理|太过分了|耍我们?玩|当我们?(是)?傻)",
        "(他妈的|他娘的|tmd|(?<![我你他她咱])妈的|傻[逼比b叉]|去死|滚蛋|有病吧|脑残|操你|草你|cnm|nmsl|王八蛋|混蛋)",
    ),
    re.IGNORECASE,
)
_ASKS_HOW = re.compile("(怎么|如何|怎样|哪里|在哪|电话是?多少|是不是.{0,6}(冒充|假)|冒充)")


def heat_of(words: str) -> Heat | None:
    """Of a normalised text."""
    if _ASKS_HOW.search(words):
        return None
    if _GOES_PUBLIC.search(words):
        return Heat.GOES_PUBLIC
    return Heat.ANGRY if _ANGRY.search(words) else None
