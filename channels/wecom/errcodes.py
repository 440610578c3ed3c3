"""The errcodes of 企业微信 and 微信客服 as data (WeCom 90313 全局错误码). One table, no other place knows a code.

The same number may mean something else at the 公众号 (48002), which has its own table.
"""

from __future__ import annotations

from channels.errcodes import (
    Errcode,
    ErrcodeTable,
    Reaction,
    config,
    refresh,
    refused,
    retry,
    sent,
    wait,
    window_closed,
)

TOO_FREQUENT = 45009

_GENERAL = (
    sent(0, "done"),
    retry(-1, "the platform is busy"),
    # A bad secret is met on gettoken, which reads this code itself; on other calls it speaks of the token.
    refresh(40001, "access token wrong (on the token call: wrong Secret)"),
    refresh(40014, "access token invalid"),
    refresh(42001, "access token expired"),
    config(40013, "CorpID invalid"),
    config(40056, "AgentId invalid"),
    config(41001, "access token missing from the call"),
    config(48002, "the app may not use this API"),
    config(48004, "the authorisation of the app is no longer valid"),
    config(60011, "the app may not touch this member, department or tag"),
    config(60020, "our IP address is not among the app's 企业可信IP"),
    config(60031, "the app is forbidden to call the API"),
    config(301002, "AgentId and access token belong to different apps"),
    # The block lasts as long as the window that was exceeded: a minute, an hour, a day. Ask again by the minute.
    wait(TOO_FREQUENT, "called too frequently", 60, alarm=True),
    wait(45033, "too many calls at once", 5),
    refused(40003, "userid invalid"),
    refused(40004, "media type invalid", alarm=True),
    refused(40006, "media file too large or too small"),
    refused(40007, "media id invalid or expired"),
    refused(40008, "message type invalid", alarm=True),
    refused(40035, "parameter invalid", alarm=True),
    refused(40058, "parameter invalid", alarm=True),
    refused(40096, "external_userid invalid"),
    refused(40032, "too many receivers, or none"),
    refused(41010, "address of a link missing", alarm=True),
    refused(41011, "AgentId missing from the call", alarm=True),
    refused(41016, "title missing", alarm=True),
    refused(41033, "description missing", alarm=True),
    refused(44001, "file empty"),
    refused(44004, "text empty"),
    refused(45002, "text too long"),
    refused(45003, "title too long"),
    refused(45004, "description too long"),
    refused(45005, "address of a link too long"),
    refused(45008, "too many articles, or none"),
    refused(45034, "address of a link without http"),
    refused(47001, "the body is not the JSON that this API takes", alarm=True),
    refused(60111, "no such member"),
)

_CARDS = (
    # We check the form of task_id and make each one once, so this answers a repetition: the card is there.
    Errcode(code=42014, meaning="card: task_id used already", reaction=Reaction.SENT, alarm=True),
    refused(42015, "card: belongs to another app", alarm=True),
    refused(42016, "card: no such task_id", alarm=True),
    # The update went through before, as a passive answer or under a lost connection.
    sent(42022, "card: this code has changed it already"),
    refused(42031, "card: card_type invalid", alarm=True),
    refused(42033, "card: title missing", alarm=True),
    refused(42038, "card: text of a button invalid", alarm=True),
    refused(42039, "card: key of a button invalid", alarm=True),
    refused(60140, "card: response_code unknown, or over 72 h old"),
)

_MESSAGES = (
    refused(81013, "none of the receivers is valid, or may be reached by this app"),
    refused(82001, "no receiver named", alarm=True),
    refused(86001, "group chat: chatid invalid", alarm=True),
    refused(86003, "group chat: no such chat"),
    refused(86008, "group chat: not made by this app", alarm=True),
    refused(93000, "group robot: webhook invalid, or the robot was removed", alarm=True),
    refused(93004, "group robot: switched off", alarm=True),
    refused(93008, "group robot: not in the group", alarm=True),
)

_CUSTOMERS = (
    refused(41050, "welcome code invalid or expired"),
    refused(41051, "the member and the customer have talked already"),
    refused(41093, "mass message: cancelled already"),
    wait(41094, "mass message: reminded too often", 3600),
    retry(41096, "the welcome is being sent"),
    config(60030, "the member is outside the app's visible range"),
    refused(40050, "customer group: no such group"),
    refused(40068, "customer's tag: no such tag"),
    refused(40071, "customer's tag: the group has one of this name"),
    refused(40072, "customer's tag: name empty, or over 30 characters", alarm=True),
    refused(49008, "customer group: dismissed"),
    refused(81017, "over 1000 members in range: name the owners"),
    refused(84061, "the member and the customer do not know each other"),
)

_KEFU = (
    config(48007, "微信客服: the account is not authorised to this app"),
    refused(95000, "微信客服: open_kfid invalid", alarm=True),
    window_closed(95001, "微信客服: five messages since the customer's last one"),
    window_closed(95002, "微信客服: over 48 h since the customer's last message"),
    refused(95003, "微信客服: an unverified corp has reached its number of customers", alarm=True),
    config(95004, "微信客服: the account is another corp's, or deleted"),
    refused(95005, "微信客服: too many accounts"),
    refused(95006, "微信客服: account name invalid"),
    refused(95007, "微信客服: token of the callback invalid or expired"),
    refused(95008, "微信客服: over 10 choices in a menu", alarm=True),
    refused(95009, "微信客服: menu item of a type that is not allowed", alarm=True),
    config(95010, "微信客服: the right to use it has expired"),
    config(95011, "微信客服: used inside 企业微信, and the Secret is of the stand-alone one"),
    config(95012, "微信客服: used stand-alone, and the Secret is of an app of 企业微信"),
    window_closed(95013, "微信客服: the session has ended"),
    refused(95014, "微信客服: not a servicer of the account, or not activated"),
    refused(95015, "微信客服: another exclusive service is set up already"),
    refused(95016, "微信客服: this change of the session's state is not allowed"),
    config(95017, "微信客服: the account's API is switched off"),
    # Somebody else has the session, or over 48 h have gone by: the state must be asked for before the next try.
    retry(95018, "微信客服: the session's state does not allow sending"),
    refused(95019, "微信客服: the servicer has stopped receiving"),
    refused(95020, "微信客服: the servicer is not of the account"),
    refused(95021, "微信客服: the account has too many servicers"),
    refused(95022, "微信客服: location invalid", alarm=True),
    config(95023, "微信客服: another app has the account's API"),
    config(95026, "微信客服: closed by the platform for little use"),
    refused(95027, "微信客服: an unverified corp may have 10 accounts"),
    refused(95030, "微信客服: this type of message is forbidden"),
    window_closed(95031, "微信客服: the customer has not asked anything within 48 h"),
    config(95032, "微信客服: the right to a component has expired"),
)

_AIBOT = (refused(846608, "智能机器人: the stream has expired"),)

ERRCODES = ErrcodeTable((*_GENERAL, *_MESSAGES, *_CARDS, *_CUSTOMERS, *_KEFU, *_AIBOT))
