"""What certain words tell for sure, before anything is compared with examples. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of
from intents.wording import is_only_emoji, words_only

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
        "(找|叫|要|联系|呼叫|转|接|换|喊|让)(一下|下|你们的?|在线|一?个|位|官方|售后|平台)*客服(?!电话|号码|微信|热线)",
        "客服(呢|在不在|在吗|在么|在嘛|在线吗|人呢|出来|去哪)",
        "有(没有)?客服",
        "^(在线|售后)?客服$",
        "(叫|找|让|喊|请)你?们?的?(老板|经理|领导|主管|负责人|店长|管事)",
        "(来|派)个人($|[!,。. ]|吧|啊|呀|跟我|和我|处理|帮|说|聊|回)",
        "(找|叫)个真?人(来|跟|和|聊|说|处理|帮|$)",
        "(不要|不想跟|不想和|别用|别拿|讨厌)你?个?机器",
        "机器人(滚|走开|听不懂|别)",
        "工作人员(沟通|联系|说|聊|回|处理|来)",
        "转接(客服|一下$|$)",
        r"\b(human|real person|live agent|representative|zhuan ?ren ?gong|ren ?gong)\b",
    )
)

_GREETING = any_of(
    "(你|您|你们|大家|妮|小二|老板|掌柜|店家)(好|号)|泥嚎|nihao|hello|hellow|hi|hey",
    "嗨|哈喽|哈啰|哈罗|哈咯|喂+|嘿",
    "早上好|早安|早|上午好|中午好|下午好|晚上好",
    "在吗|在嘛|在么|在不在|在不|在没|有人(在|在线)?(吗|么|嘛|没)|没人吗",
    "店小二|小二|掌柜的?|老板|店家|亲亲?",
    "(我?(想|要)|可以|能)?(咨询|问)(你|您|一下|下)*(吗|个问题|个事|点事|点问题|一下)|我?有个?问题",
)
_THANKS = any_of(
    "(非常|太|十分|万分|多)?(谢谢|感谢|多谢|谢了|谢啦|3q|thankyou|thanks?|thx|蟹蟹|xiexie|谢)|verymuch|辛苦|麻烦",
    "好的|好滴|好哒|好嘞|好吧|好|行吧|行|可以|ok|okay|okk|嗯+|恩+|哦+|噢+",
    "收到|知道|明白|了解|懂|清楚|没事|没问题|不客气|解决|搞定",
    "太好|真好|真棒|棒|赞|给力|不错|厉害|服务",
)
_BYE = any_of(
    "再见|拜拜|拜|88|886|byebye|bye|goodbye|回见|回头见|下次(再)?(见|聊|来)|改天(再)?(见|聊|来)",
    "先这样|就这样|这样|没有?(别的|其他|什么)(事|问题)|没事了|没有问题了|晚安|先?去忙|先走|先下|下线|不聊|撤",
)
_FILLER = any_of(
    "啊+|呀+|哦+|噢|呢|吧|了|啦+|哈+|呵+|嘿|的|滴|嘞|咯|哟|哇|呐|么么哒",
    "客服|你们?|您|们|我|那|就|先|请问|请|这下|来",
)

_SMALL_TALK = (
    ("greet", re.compile(f"(?:{_GREETING}|{_FILLER})+"), re.compile(_GREETING)),
    ("bye", re.compile(f"(?:{_BYE}|{_THANKS}|{_GREETING}|{_FILLER})+"), re.compile(_BYE)),
    ("thanks", re.compile(f"(?:{_THANKS}|{_GREETING}|{_FILLER})+"), re.compile(_THANKS)),
)

_LONGEST_SMALL_TALK = 24
"""Words; longer messages say something, and this bounds how much work a repetitive one can cause."""


def wants_person(text: str) -> bool:
    """Whether a normalised text asks for a human being in so many words, also in bad spelling."""
    return bool(_FOR_A_PERSON.search(_NOT_FOR_A_PERSON.sub(" ", text)))


def small_talk(text: str) -> str | None:
    """``greet``, ``bye`` or ``thanks`` for a normalised text that says nothing else; otherwise None.

    "好的" and a lone smile count as thanks: both end a question.
    """
    if is_only_emoji(text):
        return "thanks"
    words = words_only(text)
    if len(words) > _LONGEST_SMALL_TALK:
        return None
    for intent, nothing_else, says in _SMALL_TALK:
        if says.search(words) and nothing_else.fullmatch(words):
            return intent
    return None
