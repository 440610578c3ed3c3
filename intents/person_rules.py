"""Whether a message asks for a person, or declines one, in so many words. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of

# Sentences that hold the words of the request below and are none.
_NOT_FOR_A_PERSON = re.compile(
    any_of(
        "(不用|不要|不需要|无需|别|先不|不想|取消)(再|帮我|给我)?(转|找|叫)?真?(人工|真人|客服)(了|吧|$)",
        "(不用|不要|别|取消)转了?人工",
        "(需要|要不要|用不用|是不是要)先?(找|联系)(人工|客服)",
        "[你您](到底|究竟)?是不?是?(人工|真人|机器人)",
        "(半夜|夜里|晚上|周末|节假日|几点|现在).{0,3}(有|有没有)(人工|客服)",
        "(人工|客服).{0,6}(几点|上班|下班|什么时候|时间|多久|电话|微信号|态度|说话|骂|凶|难听)",
    )
)

# What is made or done by hand: picked fruit, farmed crabs, colours, wages.
_BY_HAND = "(?!费|智能|授粉|采|挑|分拣|分选|筛|养|合成|色素|香|甜|添加|防腐|成本|包装|种|饲|培|制|打|剥|加工|草|催|增)"

_FOR_A_PERSON = re.compile(
    any_of(
        f"人工{_BY_HAND}",
        f"[转专传砖][接到给一下个]{{0,2}}[人认仁任][公功工]{_BY_HAND}",
        "(?<!是)(真人|活人)(?!秀)",
        "(找|叫|要|联系|呼叫|转|接|换|喊|让)(一下|下|你们的?|在线|一?个|位|官方|售后|平台)*客服(?!电话|号码|微信|热线|领|报|备注|退|要|换|补|改|拿|兑)",
        "客服(呢|在不在|在吗|在么|在嘛|在线吗|人呢|出来|去哪)(?![^\u4e00-\u9fff]*[\u4e00-\u9fff]{4})",
        "有(没有)?客服(?!电话|号码|微信|热线)",
        "^(在线|售后)?客服$",
        "(叫|找|让|喊|请)你?们?的?(老板|经理|领导|主管|负责人|店长|管事)",
        "(来|派)个人($|[!,。. ]|吧|啊|呀|跟我|和我|处理|帮|说|聊|回)",
        "(找|叫)个真?人(来|跟|和|聊(?!聊)|说(?!说)|处理|帮|$)",
        "(不要|不想跟|不想和|别用|别拿|讨厌)你?个?机器",
        "机器人(滚|走开|听不懂|别)",
        "工作人员(沟通|联系|说|聊|回|处理|来)",
        "^(那就?|就)?换人|就换人|换人(来|吧|处理|跟|和)|换个人(跟|和|来)",
        "转接(客服|一下$|$)",
        r"\b(human|real person|live agent|representative|zhuan ?ren ?gong|ren ?gong)\b",
    )
)

# Wants no person: 不用转人工, 别给我转人工, 我不要人工, 人工就不用了.
_NO = "(?:不用|不要|不想|不找|不转|不是要|不需要|无需|不必|没说要|没要|别|莫|唔使|唔好|覅|取消|撤销|退出|(?<!是)不)"
_FOR_THE_BOT = re.compile(
    any_of(
        f"{_NO}(?:再|老|给|我|帮|麻烦|叫|找|转|接|去|到|先|了)*[转专]?(?:真?人工|真人|人公)(?!智能|客服电话)",
        "(?:不用|不要|不找|别|莫)(?:再|给|我|帮|叫|转|麻烦)*(?:找|叫|转|接)?(?:客服)(?:了|吧|介入|$)",
        "人工(?:就|也|都|先)?(?:不用|不要|不必|不需要)",
        "不等人工|人工(?:太慢|要排队).{0,6}(?:你|算了)|谁让你转|转什么人工|从人工.{0,4}退|不找客服",
        "(?:机器人就(?:行|好|可以)|还是机器人(?:快|好))",
    )
)
# ... and what is not meant so, with the same words.
_NOT_FOR_THE_BOT = re.compile(
    "(?<!你不)能不能|要不要|是不是|用不用|可不可以|不转人工就|为什么|怎么|凭什么|(?<!答)[吗么?]$|不要机器|不是人工|还不"
)


def wants_bot(text: str) -> bool:
    """Whether a normalised text declines a person: 我不要人工, 别给我转人工."""
    return bool(_FOR_THE_BOT.search(text)) and not _NOT_FOR_THE_BOT.search(text)


def wants_person(text: str) -> bool:
    """Whether a normalised text asks for a human being in so many words, also in bad spelling."""
    return bool(_FOR_A_PERSON.search(_NOT_FOR_A_PERSON.sub(" ", text)))
