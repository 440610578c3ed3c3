"""A question that leans on the one before it: 那运费呢 after 退货要几天. Pure.

Recognised by its wording alone (``gap_in``), completed with what was asked before (``readings``). Whether a
reading is used is decided by what the knowledge base makes of it (``knowledge_base.in_context``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.contrast import Named, named_in
from knowledge_base.text import tidy

LONGEST_MARKED = 12
"""Characters of what a 那, 呢 or 要是 leaves over; longer texts say themselves what they are about."""
LONGEST_UNMARKED = 8
"""Of a text without such a word. Most full questions are longer, and those that are not are answered as they are."""


class Part(StrEnum):
    """What a follow-up names; the rest is taken from the question before it."""

    ATTRIBUTE = "attribute"
    THING = "thing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What a text leaves out. ``core``: the text without its markers. ``sure``: its wording leaves no doubt that
    something is missing. ``marked``: it says itself that it goes on from something (那…, …呢).
    """

    core: str
    part: Part
    sure: bool
    marked: bool


def _any(*words: str) -> str:
    """One group of the given words, each line split at spaces, longest first."""
    return (
        "(?:"
        + "|".join(sorted({word for line in words for word in line.split()}, key=len, reverse=True))
        + ")"
    )


_FILLER = re.compile(
    rf"^{_any('哦 噢 嗯 恩 额 呃 啊 哎 诶 亲 亲亲 好的 你好 您好 请问 麻烦问下 对了 再问下 再问一下')}+(?=.)"
)
_CONDITION = _any("要是 如果 假如 万一 若是 换成 换作 换做 改成")
_LEAD = _any("那么 那 还有 另外 然后 以及 至于")
_MARKED_LEAD = re.compile(rf"^(?P<lead>{_LEAD})?(?P<condition>{_CONDITION})?(?:是)?")
_TAIL = re.compile("(?:的?话呢?|的?话|的呢|又?呢|怎么说)$")
_SOFT_TAIL = re.compile(r"(?:[吗嘛么呀啊哈]|谢谢|的)+$")

_WH = "(?<!好)" + _any(
    "怎么样 怎么 怎样 咋样 咋 如何 多久 几天 几日 几点 几个 几张 几次 几号 几月 几折 几",
    "多少钱 多少天内 多少天 多少 多大 多长时间 什么时候 啥时候 何时 多会儿",
    "什么 啥 在哪里 在哪儿 在哪 哪里 哪儿 哪些 哪个 哪家 哪天 哪",
    "谁 为什么 为啥 是不是 有没有 能不能 可不可以 会不会 要不要 用不用 行不行",
)
_MODAL = "(?:还?(?:可以|能|会(?!员)|需要|要(?!是)|有(?!点)|支持|行))"
_QUESTION = f"(?:{_WH}|{_MODAL})"
_ATTRIBUTE = _any(
    "运费 邮费 快递费 费用 价格 价钱 钱 时间 期限 有效期 保质期 地址",
    "进度 结果 流程 步骤 条件 门槛 范围 次数 数量 限额 名额",
    "权益 好处 优惠(?!券) 折扣 规则 要求 材料 照片 图片 尺寸 大小 规格",
    "容量 重量 包装 单号 电话 联系方式 抬头 金额 押金 配料 产地",
)
_VERB = _any(
    "到账 到 发货 发 寄回去 寄回 寄 送 收 收费 付 出 承担 报销 算 弄",
    "办 办理 操作 申请 提交 填 写 改 修改 换 退 取消 退回 撤销 查",
    "看 领 用 使用 抵 买 选 拿 取 找 联系 转 送人 转让 过期 失效",
    "到期 结束 开始 续费 自动 开 保存 存放 放 保留 吃 洗 煮 做 处理",
    "得 获得 叠加 一起 完 好 全部 自己 我 你们 你 也 都 就 的 了 吧 到哪",
    "给 在 去 得了 上 下 里 内 之内 以内 前 后 最 最多 最少 一般 大概 另外",
    "包邮 免费 收钱 限制 补 赔 保修 修 下载 打印 回放 提前 拍 还 归 不 没 过",
)
_MADE_OF_GENERAL = re.compile(rf"(?:{_QUESTION}|{_ATTRIBUTE}|{_VERB})+")
_ASKS = re.compile(rf"{_WH}|^{_MODAL}|[吗嘛么没不]$")
_NOUN_ONLY = re.compile(rf"(?:的|{_ATTRIBUTE})+")

_NO_QUESTION = re.compile(
    _any(
        "算了 好吧 好的 行吧 可以吧 等等 等着 再看 再想 试试 试一下 考虑",
        "谢谢 多谢 知道 明白 了解 懂了 学到 这样 那样 还行 不错",
        "挺好 挺 太好 太 厉害 哈哈 呵呵 嘿嘿 唉 没事 不用了 不要了",
        "^不了 晚点 下次 回头 再来 麻烦了 辛苦 收到了 领到 搞定 好嘞",
    )
)
_BARE_YES = re.compile("(?:好|行|可以|是|对|嗯|成|中|没问题|没有|有|会|能)+[的了吧呀啊]*")
"""Answers to nothing that was asked: 好的呢."""
_TELLS_OF_ONESELF = re.compile("^(?:我|咱|俺)")

_ASK_BEGINS = re.compile(rf"{_QUESTION}|{_ATTRIBUTE}")
_BEFORE_TOPIC = _any(
    "申请 办理 办 看 领 查询 查 选 开 用 买 找 进 弄 联系 成为 获得 添加 设置 参加 支持 加 我 你们"
)
_ASK_FIRST = re.compile(rf"^(?:{_QUESTION}|{_BEFORE_TOPIC})+")
_ENDING = re.compile("(?:[吗呢嘛么呀啊]|怎么办)+$")
_MARKS = re.compile(r"[^\w.%]+")


def gap_in(text: str) -> Gap | None:
    """What a text leaves out and names; None for one that stands for itself, or asks nothing."""
    words = _FILLER.sub("", _MARKS.sub("", tidy(text)))
    if len(words) > LONGEST_MARKED * 2:
        return None
    begins = _MARKED_LEAD.match(words)
    lead, condition = (begins["lead"], begins["condition"]) if begins else (None, None)
    bare = words[begins.end() :] if begins else words
    ends = _TAIL.search(bare)
    core = _SOFT_TAIL.sub("", bare[: ends.start()] if ends else bare)
    marked = bool(lead or condition or ends)
    if not core or len(core) > (LONGEST_MARKED if marked else LONGEST_UNMARKED) or _says_nothing(core, bare):
        return None
    part, sure = _named_part(core, bare, open_ended=bool(ends or condition))
    if part is None:
        return None
    return Gap(core=core, part=part, sure=sure, marked=marked)


def readings(text: str, previous: str) -> tuple[str, ...]:
    """``text`` completed with ``previous``, the question before it; none for a text that stands for itself."""
    found = gap_in(text)
    return completed(found, previous) if found is not None else ()


def completed(found: Gap, previous: str) -> tuple[str, ...]:
    """The readings of an ellipsis, the likeliest first."""
    first_sentence = tidy(previous).split("?")[0]
    asked = _ENDING.sub("", _MARKS.sub("", first_sentence))
    topic, ask = _split(asked)
    with_topic = f"{topic}{found.core}" if topic else f"{asked}{found.core}"
    if found.part is not Part.THING:
        return (with_topic,)
    exchanged = _exchanged(asked, found.core)
    return (exchanged,) if exchanged else (f"{found.core}{ask or asked}", with_topic)


def _says_nothing(core: str, bare: str) -> bool:
    if _BARE_YES.fullmatch(core):
        return not _ASKS.search(bare)
    return bool(_NO_QUESTION.search(core)) or (bool(_TELLS_OF_ONESELF.match(core)) and not _ASKS.search(bare))


def _named_part(core: str, bare: str, *, open_ended: bool) -> tuple[Part | None, bool]:
    """``open_ended``: it says that something is left out (…呢, 要是…)."""
    asks = bool(_ASKS.search(bare))
    if _NOUN_ONLY.fullmatch(core):
        return Part.ATTRIBUTE, True
    if _is_named(core) and not asks:
        return Part.THING, True
    if _MADE_OF_GENERAL.fullmatch(core) and asks:
        return Part.ATTRIBUTE, True
    if open_ended and not asks:
        return Part.THING, True
    return (Part.ATTRIBUTE, False) if asks else (None, False)


def _is_named(core: str) -> bool:
    """Whether it is nothing but goods, a place or another thing that excludes its like."""
    covered = {at for name in named_in(core) for at in range(name.start, name.stop)}
    return len(covered) == len(core)


def _split(asked: str) -> tuple[str, str]:
    """What a question is about, and what it asks of it: 退货 and 运费谁出. Either may be empty."""
    begins = _ASK_BEGINS.search(asked)
    if begins is None:
        return asked, ""
    if begins.start() > 0:
        return asked[: begins.start()], asked[begins.start() :]
    return _ASK_FIRST.sub("", asked), ""


def _exchanged(asked: str, core: str) -> str | None:
    """The question with the thing that it names changed for the one of the same kind that ``core`` names."""
    new = named_in(core)
    kinds = {kind for name in new for kind in name.kinds}
    old = [name for name in named_in(asked) if kinds & name.kinds]
    if not old:
        return None
    return _with(asked, old[0], core)


def _with(asked: str, old: Named, core: str) -> str:
    return asked[: old.start] + core + asked[old.stop :]
