"""What certain words tell for sure, before anything is compared with examples. Pure; texts are normalised first."""

from __future__ import annotations

import re

from intents.wording import is_only_emoji, words_only

_NOT_A_PERSON = re.compile(
    r"(不用|不要|不需要|无需|别|先不|不想|取消)(再|帮我|给我)?(转|找|叫)?(真)?(人工|真人|客服)(了|吧|$)"
    r"|(不用|不要|别|取消)转(了)?人工"
    r"|(需要|要不要|用不用|是不是要)(先)?(找|联系)(人工|客服)"
    r"|(你|您)(到底|究竟)?是(不是)?(人工|真人|机器人)"
    r"|(人工|客服).{0,6}(几点|上班|下班|什么时候|时间|多久|电话|微信号|态度)"
)

# Things made or done by hand are no request for a person.
_BY_HAND = r"(?!费|智能|授粉|采|挑|分拣|分选|筛|养|合成|色素|香|甜|添加|防腐|成本|包装|种|饲|培|制作|打|剥|加工|钻|草|催|增|受|湖|降)"
_A_PERSON = re.compile(
    rf"[转转轉专传砖][接到给一下个]{{0,2}}(人工|[人认仁任][公功工]){_BY_HAND}"
    rf"|人工{_BY_HAND}"
    r"|(?<!是)(真人|活人)(?!秀)"
    r"|(找|叫|要|联系|呼叫|转|轉|接|换|喊|让)(一下|下|你们的?|在线|一?个|位|官方|售后|平台)*客服(?!电话|号码|微信|热线)"
    r"|客服(呢|在不在|在吗|在么|在嘛|在线吗|人呢|出来|死哪|去哪)|有(没有)?客服|^(在线|售后)?客服$"
    r"|(叫|找|让|喊|请)(你们?的?)?(老板|经理|领导|主管|负责人|店长)"
    r"|(来|派|换)个人($|[!,。. ]|吧|啊|呀|跟我|和我|处理|帮|说|聊|回)|找个(真)?人(来|跟|和|聊|说|处理|帮|$)"
    r"|(不要|不想跟|不想和|别用|别拿|讨厌|什么破?)(你个?)?机器人|机器人(滚|走开|听不懂|别)"
    r"|转接(客服|一下$|$)"
    r"|\b(human|real person|live agent|representative|zhuan ?ren ?gong|ren ?gong)\b"
)

_GREETING = (
    r"(你好|您好|妮好|你号|泥嚎|nihao|hello|hellow|hi|hey|嗨|哈喽|哈啰|哈罗|哈咯|喂+|嘿|早上好|早安|早啊?|上午好|中午好|下午好|晚上好"
    r"|晚安好|在吗|在嘛|在么|在不在|在不|在没|有人吗|有人么|有人在吗|有人没|没人吗|店小二|小二|掌柜的?|老板|店家|亲亲?|客服你好|大家好)"
)
_FILLER = r"(啊+|呀+|哦+|噢|呢|吧|了|啦+|哈+|呵+|嘿|的|滴|嘞|咯|哟|哇|呐|么么哒|亲亲?|小二|店小二|老板|客服|你们?|您|们)"
_THANKS = (
    r"((非常|太|十分|万分|多)?(谢谢|感谢|多谢|谢了|谢啦|3q|thx|thanks?|thankyou|thankyouverymuch|蟹蟹|xiexie|谢)|辛苦|麻烦|好的|好滴|好哒|好嘞"
    r"|好吧|好|行|行吧|可以了?|ok|okay|okk|嗯+|恩+|哦+|噢+|收到|知道了?|明白|了解|懂|清楚|没事|没问题|不客气|解决|太好|真好|真棒|棒|赞|给力|不错|厉害|搞定)"
)
_BYE = r"(再见|拜拜|拜|88|886|byebye|bye|goodbye|回见|回头见|下次见|下次再聊|先这样|就这样|没有?(别的)?事了|没有?(其他|别的)?问题了|晚安|先走|下线|不聊|撤)"

_ONLY_GREETING = re.compile(rf"(?:{_GREETING}|{_FILLER})+")
_ONLY_THANKS = re.compile(rf"(?:{_THANKS}|{_GREETING}|{_FILLER})+")
_ONLY_BYE = re.compile(rf"(?:{_BYE}|{_THANKS}|{_GREETING}|{_FILLER})+")
_SAYS_GREETING = re.compile(_GREETING)
_SAYS_THANKS = re.compile(_THANKS)
_SAYS_BYE = re.compile(_BYE)


def wants_person(text: str) -> bool:
    """Whether somebody asks for a human being in so many words (also in bad spelling)."""
    return bool(_A_PERSON.search(_NOT_A_PERSON.sub(" ", text)))


def small_talk(text: str) -> str | None:
    """``bye``, ``thanks`` or ``greet`` for a message that says nothing else; otherwise None.

    "好的" and a lone smile count as thanks: both end a question.
    """
    if is_only_emoji(text):
        return "thanks"
    words = words_only(text)
    for intent, only, says in (
        ("greet", _ONLY_GREETING, _SAYS_GREETING),
        ("thanks", _ONLY_THANKS, _SAYS_THANKS),
        ("bye", _ONLY_BYE, _SAYS_BYE),
    ):
        if only.fullmatch(words) and says.search(words):
            return intent
    return None
