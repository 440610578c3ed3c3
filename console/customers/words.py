"""What people read for kinds of names, reasons of links, segments, purposes and events."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.address import Channel
from conversations.consents import Purpose
from customers.events.event import AcquisitionChannel, EventKind
from customers.identity.identifier import IdentifierKind
from customers.identity.joining import LinkReason
from customers.profile.profile import Segment

KIND_TITLES: Mapping[IdentifierKind, str] = {
    IdentifierKind.PHONE: "手机号",
    IdentifierKind.MALL_ID: "商城会员",
    IdentifierKind.EXTERNAL_USERID: "企业微信",
    IdentifierKind.UNIONID: "微信 unionid",
    IdentifierKind.OPENID: "公众号 / 小程序",
}
"""The one that says most of a person first."""
KIND_ICONS: Mapping[IdentifierKind, str] = {
    IdentifierKind.PHONE: "phone",
    IdentifierKind.MALL_ID: "shopping-bag",
    IdentifierKind.EXTERNAL_USERID: "headset",
    IdentifierKind.UNIONID: "id",
    IdentifierKind.OPENID: "brand-wechat",
}

LINK_REASONS: Mapping[LinkReason, str] = {
    LinkReason.PERSON: "同事确认过",
    LinkReason.UNIONID: "同一个微信 unionid",
    LinkReason.SCENE_PARAM: "从商城或小程序的专属入口进来",
    LinkReason.SIGNED_EVENT: "商城发来的记录里写在一起",
    LinkReason.PHONE: "顾客确认过的手机号",
}

SEGMENT_MEANINGS: Mapping[Segment, str] = {
    Segment.HIGH_VALUE: "常回来买、客单价靠前，还主动分享",
    Segment.SPREADER: "团长、分销员或达人",
    Segment.POTENTIAL: "加购没付款、看了很久，还领了券",
    Segment.ORDINARY: "其余的顾客",
}
SEGMENT_COLOURS: Mapping[Segment, str] = {
    Segment.HIGH_VALUE: "orange",
    Segment.SPREADER: "purple",
    Segment.POTENTIAL: "blue",
    Segment.ORDINARY: "secondary",
}
SPENDING: Mapping[str, str] = {"low": "偏低", "middle": "中等", "high": "偏高"}
CAME_BY: Mapping[AcquisitionChannel, str] = {
    AcquisitionChannel.SEARCH: "搜索",
    AcquisitionChannel.CONTENT: "内容",
    AcquisitionChannel.SOCIAL: "朋友介绍",
    AcquisitionChannel.LBS: "附近门店",
}
PURPOSES: Mapping[Purpose, str] = {Purpose.MARKETING: "优惠和活动消息"}
CHANNELS: Mapping[Channel, str] = {
    Channel.OFFICIAL: "公众号",
    Channel.KEFU: "微信客服",
    Channel.WECOM: "企业微信",
    Channel.AIBOT: "智能机器人",
    Channel.TERMINAL: "终端",
}

EVENT_TITLES: Mapping[EventKind, str] = {
    EventKind.FOLLOW: "关注了我们",
    EventKind.UNFOLLOW: "取消了关注",
    EventKind.EXPOSURE: "看到了推广",
    EventKind.CLICK: "点开了推广或菜单",
    EventKind.VIEW: "看了商品",
    EventKind.CART: "加进购物车",
    EventKind.ORDER: "下了单",
    EventKind.PAY: "付了款",
    EventKind.REFUND: "退了款",
    EventKind.COUPON_TAKEN: "领了券",
    EventKind.COUPON_USED: "用了券",
    EventKind.SHARE: "分享给朋友",
    EventKind.GROUP_BUY: "参加拼团",
    EventKind.LIVE_VISIT: "来看直播",
    EventKind.LIVE_COMMENT: "在直播间说话",
    EventKind.STORE_VISIT: "到了门店",
    EventKind.ABOUT: "资料有更新",
    EventKind.MESSAGE: "发来消息",
}
EVENT_ICONS: Mapping[EventKind, str] = {
    EventKind.FOLLOW: "heart",
    EventKind.UNFOLLOW: "heart-broken",
    EventKind.EXPOSURE: "speakerphone",
    EventKind.CLICK: "pointer",
    EventKind.VIEW: "eye",
    EventKind.CART: "shopping-cart",
    EventKind.ORDER: "receipt",
    EventKind.PAY: "cash",
    EventKind.REFUND: "receipt-refund",
    EventKind.COUPON_TAKEN: "ticket",
    EventKind.COUPON_USED: "discount",
    EventKind.SHARE: "share",
    EventKind.GROUP_BUY: "users",
    EventKind.LIVE_VISIT: "device-tv",
    EventKind.LIVE_COMMENT: "message-dots",
    EventKind.STORE_VISIT: "building-store",
    EventKind.ABOUT: "user",
    EventKind.MESSAGE: "message",
}
