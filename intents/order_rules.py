"""Whether a message asks after the customer's own order, parcel or refund, rather than how those work. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of

# What no status can answer: rules, prices, changes, complaints. The knowledge base can.
_ANOTHER_TOPIC = re.compile(
    any_of(
        "(?<![好都过])几天|多久|多长时间|几日|什么时候能?(发货|到货|补货|上架)|几点(发货|截单|前)",
        "(怎么|咋|怎样)(退|取消|改|换|查|看|办|申请|开|寄|下单|买|弄|操作|算|处理|合并|付|评|写|填|备注|删|设|催)",
        "如何|怎么办|(在?哪里?|去哪|哪儿)(可以|能)?(查|看|找|申请|退|改|取消)",
        "退货|换货|取消|改|叫回来|叫它回|发票|拒收|备注|合并",
        "运费|邮费|包邮|多少钱|优惠|积分|价保|差价|降价|补偿|赔|投诉",
        "(什么|哪个|哪家|啥|指定|换个?|选)(快递|物流|顺丰)|用(什么|哪|啥)|发(什么|哪个?|啥)(快递|物流)|顺丰吗",
        "丢了|丢件|弄丢|破了|坏了|烂了|碎了|少发|漏发|错发|发错|少了",
        "驿站|门卫|签收|代收|放门口|上门|预约|指定(时间|日期)|定时|拦截|催(件|发货)",
        "(能|可以|支持|会)发|发不发|发到|发往|发货地|(从哪|哪)(里|儿)?发|一起发|分开|[两几]个包裹",
        "周末|节假日|春节|过年|停发|夜里|晚上|一般|通常",
        "(现在|今天)(下单|买|拍|付)|下单后|拍下后?|付款后|买了?以后",
        "预售|缺货|到货提醒|截图|隐私|海外|香港|台湾|新疆|西藏|自提|提货|门店",
        "团|抽奖|中奖|奖品|福袋|会员|礼品卡|评价|晒单|注销|直播",
        "退款|退钱|退了|审核|申请|回复|升级|取件码",
        "券|年卡|不要了|不买了|退单|帮我?退|帮退|退脱|拼得|来货|臭|店在哪|开票|钱什么时候|坏的|加个塞",
        "(写|印|填|点|看|翻|删出?|改|存|用|抵|花)[在到]哪|在哪(写|印|填|点|下|看|翻|删|改)|配料|许愿|导出|到期|哪天|麸质|补发",
        "倒计时|自动确认|延长|主播|银行|扣钱|收件人|赶得上|冷藏|怎么(看|在)|里查|售后进度|合起来|(一起|直接)(寄|发)|积?分(花|用|抵)|视频号",
        "在哪里?(下单|买|点|弄|开|填|设)|地址|通知|公众号|小程序|乱扔|态度|骂人",
    )
)

_MINE = any_of(
    "[我俺咱](的|买|拍|下的?单|下的|订|定|那|这|上次|昨天)",
    "帮忙|麻烦",
    "昨天|前天|大前天|前几天|上周|上次|那个|这个|这",
)
_THING = any_of(
    "订单|定单|单子|快递|包裹|包果|物流|货|东西|件|宝贝|商品",
    "大米|荔枝|苹果|脐橙|橙子|抽纸|大闸蟹|螃蟹|坚果|鸡蛋|水果",
)
_WHERE = any_of(
    "到[哪那]|在[哪那]|走到|到什么地方|去哪|跑哪|哪儿?了",
    "到了(没|吗|么|嘛|不)|到没|送到(没|了吗)|[啥什么]+(情况|状态|进度)|进度|[怎咋]么?样了",
    "发了?(没|吗|么|嘛|木)|发货了?(没|吗|么|嘛|木|不)|(发出|出库|寄)来?了?(没|吗|么|嘛)",
    "还没(到|发|收|动|送|出|寄|有动|更新|影)|还不(到|发|来|送|动)|还未[到发]|没(动静|消息|信|影|收到)|没到(?!货)|迟迟|怎么不动",
    "(什么|啥)时候(到|来|能到|能收到)|几时到|派送(?!员)|在路上|今天能(到|收到|送)",
)
_LOOK_UP = (
    "(帮我|帮忙|麻烦|我要|我想|给我)?(查|看|跟踪)(询|看|找|一下|下|我的?|一|个|这个|那个|最近|的)*"
    "(订单|定单|快递|物流|包裹|单号|单子)"
    "|^(我的)?(订单|快递|物流|包裹)查询(一下|下)?[, ]*(谢谢)?$"
)
_STILL_NOT = any_of("还没", "还不", "(怎么|咋|为什么|为啥|为何)还[没不]")
_HELLO = any_of("请问", "亲", "你好", "您好")

_PROGRESS = re.compile(
    any_of(
        f"{_THING}.{{0,8}}{_WHERE}",
        f"{_MINE}.{{0,10}}{_WHERE}",
        f"{_WHERE}.{{0,6}}(我的|{_THING})",
        _LOOK_UP,
        "^(我的)?(订单|定单|快递|物流|包裹|发货)(查询|状态|信息|进度|情况|进展|跟踪|单号)?(呢|啊|多少|是多少)?$",
        "^我的(货|东西|件)(呢|啊)$",
        "(快递|物流|运)单号(是|呢|多少|发我|给我|发一下|有吗)",
        f"^{_HELLO}?[, ]*{_STILL_NOT}(给我|帮我|有)?(发货?|到货?|送到?|收到|出库)[货啊呢呀吗了]*$",
        f"^{_HELLO}?[, ]*(发货|发出|发)了?(没|没有|吗|么|嘛|木有|不)[啊呢呀]*$",
        "(where|track).{0,12}(order|package|parcel)",
    )
)
_REFUND_PROGRESS = re.compile(
    any_of(
        "^(我的|我那个?|查一?下?|看看?|帮我查?一?下?|那个|请问)*(退款|退的钱)(进度|到哪了?|到账?了?[没吗么]|好了?[没吗么]|处理到哪|状态|什么情况|怎么样了)",
        "^(我的|查一?下?|帮我查一?下?)(退款|退钱)(的?(进度|情况))?$",
    )
)
_REFUND_OF_ORDER = re.compile(
    "退款.{0,4}(进度|到了?[没吗么]|好了?[没吗么]|处理|到哪|状态|什么情况|成功了?[没吗么])"
)
_WHERE_TO_LOOK = re.compile("(在?哪里?|怎么|咋|如何|去哪)(能|可以)?(查|看|找|问)")
_URGE = re.compile(
    any_of(
        "催(一下|下|催|促)?(我的?|一下|那个?|这个?)*(发货|订单|单子?|件|快递|仓库|物流|包裹|货)(?!员)",
        "催(一下|下|催|单)(?![^,.! ]{0,6}(按钮|功能|入口|发票|退|换|投诉|审核|在哪))",
        "^(请|麻烦|帮我|给我|这单|订单|我的)*加急(处理|发货|发|一下|下)[吧啊呀]*$",
        "(快点|赶紧|尽快|赶快|抓紧)(给我)?(发货?|发出)[啊吧呀了]*$",
        "^(请|麻烦|能不能)?(你们)?(快点|赶紧|尽快|赶快|快|抓紧)(给我)?(发货|发出|发)(啊|吧|呀|了)*$",
    )
)
_NOT_URGING = re.compile(
    "在哪|怎么催|如何催|咋催|可以催|能催|哪里催|在哪催|催过|别催|不催|催[^,.!]{0,6}[吗么]$"
)
_PARCEL = re.compile(
    "快递|包裹|包果|物流|运单|派送|路上|走到|送到|送达|运到|[到在][哪那]|到了?没|[没不未]到|到货|收到|去哪|跑哪|今天能|送得?到|我的[货件](呢|啊)|package|parcel"
)
_ORDER_ITSELF = re.compile("订单|定单|单子|下的?单|发货|发了|出库|发出|寄出|order")
_OF_NUMBER = re.compile(f"^{_HELLO}?[, ]*(这个?|那个?|单|我的|的|帮我|查|看|一下)*{_WHERE}")
_ONLY_A_NUMBER = re.compile(
    "(订单号?|定单|单号|编号|我的?|帮忙?我?|麻烦|请|查询?|看看?|一下|下|这个?|单|的|是|呢|啊|谢谢|你好|亲|[:,#. ])*"
)

_SIGNS = str.maketrans("", "", "?!。~")


def asks_how_things_work(text: str) -> bool:
    """Whether a normalised text names a matter that no look-up can answer."""
    return bool(_ANOTHER_TOPIC.search(text))


def asks_for_order(text: str, *, number_given: bool) -> bool:
    """Whether a normalised text asks how an order of the customer's stands."""
    return order_matter(text, number_given=number_given) is not None


def asks_where_to_look(text: str) -> bool:
    """Whether a normalised text asks how to look something up oneself: 退款进度在哪里看."""
    return bool(_WHERE_TO_LOOK.search(text))


def order_matter(text: str, *, number_given: bool) -> str | None:
    """``order_status``, ``logistics``, ``refund_progress`` or ``urge_delivery`` for a normalised text that asks for
    nothing else; otherwise None.

    ``text`` is without its order number. A number alone asks how that order stands; with one, less has to be said.
    """
    words = text.translate(_SIGNS).strip()
    if number_given and _ONLY_A_NUMBER.fullmatch(words):
        return "order_status"
    if asks_where_to_look(words):
        return None
    if _REFUND_PROGRESS.search(words) or (number_given and _REFUND_OF_ORDER.search(words)):
        return "refund_progress"
    if _URGE.search(words) and not _NOT_URGING.search(words):
        return "urge_delivery"
    return _progress_of(words, number_given=number_given)


def _progress_of(words: str, *, number_given: bool) -> str | None:
    asked = _PROGRESS.search(words) or (number_given and _OF_NUMBER.search(words))
    if not asked or _ANOTHER_TOPIC.search(words):
        return None
    return "logistics" if _PARCEL.search(words) and not _ORDER_ITSELF.search(words) else "order_status"
