"""Greetings, thanks, goodbyes, yes and no: messages made of nothing but such words. Pure."""

from __future__ import annotations

import re
import unicodedata

from intents.wording import is_only_emoji, words_only


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_GREETING = _words(
    "你好 您好 你们好 您们好 大家好 妮好 你号 泥嚎 小二好 老板好 掌柜好 店家好 客服好 nihao hello hellow hi hey",
    "嗨 哈喽 哈啰 哈罗 哈咯 喂 嘿 早 早安 早上好 上午好 中午好 下午好 晚上好",
    "在吗 在嘛 在么 在不在 在不 在没 有人吗 有人么 有人嘛 有人没 有人在吗 有人在么 有人在线吗 没人吗",
    "店小二 小二 掌柜的 掌柜 老板 店家 亲 亲亲",
    "咨询一下 咨询下 想咨询 可以咨询吗 能咨询吗 请教一下 想问 想问问 问你个事 问个事 问个问题 想问个问题",
    "有个问题 有问题想问",
)
_THANKS = _words(
    "谢谢 谢 谢了 谢啦 感谢 多谢 非常感谢 太感谢 十分感谢 万分感谢 谢谢你 谢谢您 蟹蟹 辛苦 麻烦",
    "3q thx thank thanks thankyou verymuch somuch xiexie",
)
_YES = _words(
    "好的 好滴 好哒 好嘞 好吧 好 行 行吧 可以 ok 可 okay okk 嗯 恩 哦 噢 是 是的 对 对的 没错 确认 确定",
    "收到 知道 知道了 明白 了解 懂 清楚 没事 没问题 解决 搞定",
)
_NO = _words("不是 不是的 不对 不用 不用了 不要 不需要 不行 不可以 不同意 没有 否 no nope")
_KIND = _words("不客气 太好 真好 真棒 棒 赞 给力 不错 厉害 服务 回答")
_BYE = _words(
    "再见 拜拜 拜 88 886 888 8888 88888 bye byebye goodbye 晚安 回见 回头见 下次见 下次再见 下次聊 下次再聊 下次来",
    "改天见 改天再见 改天聊 改天再来 先这样 就这样 这样 没事了 没别的事 没有别的事 没其他事 没什么事",
    "没别的问题 没有别的问题 没其他问题 没有其他问题 没有问题了 先走 去忙 先忙 先下 下线 不聊 撤",
)
_FILLER = _words(
    "啊 呀 哦 噢 呢 吧 了 啦 哈 呵 嘿 的 滴 嘞 咯 哟 哇 呐 么么哒 客服 你 你们 您 们 我 想 要 那 就 先",
    "请问 请 这下 来 都 真 太",
)

_SOFT = _words("啊 呀 哦 噢 呢 吧 了 啦 的 滴 嘞 咯 哟 嗯 那 就 谢谢")

_FRIENDLY = _THANKS | _YES | _KIND
_KINDS = (
    ("greet", _GREETING, _GREETING | _FILLER),
    ("bye", _BYE, _BYE | _FRIENDLY | _GREETING | _FILLER),
    ("deny", _NO, _NO | _SOFT),
    ("thank", _THANKS, _FRIENDLY | _GREETING | _FILLER),
    ("affirm", _YES, _YES | _SOFT),
)
_ALONE = {
    "affirm": frozenset("👌👍✅🆗"),
    "deny": frozenset("❌🙅👎"),
    "greet": frozenset("👋"),
}
_BYE_SIGN = "[再见]"
_YES_SIGN = re.compile(r"(\[(ok|强)\])+")
_LONGEST_WORD = max(len(word) for _, _, words in _KINDS for word in words)
_LONGEST = 40
"""Letters of the longest small talk; longer messages say something."""


def small_talk(text: str) -> str | None:
    """``greet``, ``bye``, ``thank``, ``affirm`` or ``deny`` for a normalised text that says nothing else; else None.

    A lone smile counts as thanks: it ends a question.
    """
    if is_only_emoji(text):
        return _sign(text)
    words = words_only(text)
    if not words or len(words) > _LONGEST or ("?" in text and words in _YES):
        return None
    for intent, telling, allowed in _KINDS:
        if any(word in words for word in telling) and _made_of(words, allowed):
            return intent
    return None


def _sign(text: str) -> str:
    """What a text of nothing but emoji says."""
    if _BYE_SIGN in text:
        return "bye"
    if _YES_SIGN.fullmatch(text):
        return "affirm"
    shown = {sign for sign in text if unicodedata.category(sign) == "So"}
    return next((intent for intent, signs in _ALONE.items() if shown and shown <= signs), "thank")


def _made_of(words: str, allowed: frozenset[str]) -> bool:
    """Whether ``words`` can be cut into ``allowed`` words without a rest."""
    reachable = {0}
    for end in range(1, len(words) + 1):
        starts = range(max(0, end - _LONGEST_WORD), end)
        if any(start in reachable and words[start:end] in allowed for start in starts):
            reachable.add(end)
    return len(words) in reachable
