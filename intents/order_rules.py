"""Whether a message asks where the customer's own order is, rather than how orders work. Pure."""

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
    "退款.{0,4}(进度|到了?[没吗么]|好了?[没吗么]|处理|到哪|状态|什么情况|成功了?[没吗么])"
)

_SIGNS = str.maketrans("", "", "?!。~")


def asks_how_things_work(text: str) -> bool:
    """Whether a normalised text names a matter that only the knowledge base can answer."""
    return bool(_ANOTHER_TOPIC.search(text))


def asks_for_order(text: str, *, number_given: bool) -> bool:
    """Whether a normalised text asks how an order of the customer's stands.

    With an order number in it everything counts that is not plainly another matter ("HY… 怎么退货").
    """
    words = text.translate(_SIGNS)
    if number_given and _REFUND_PROGRESS.search(words):
        return True
    if _ANOTHER_TOPIC.search(words):
        return False
    return number_given or bool(_PROGRESS.search(words))
