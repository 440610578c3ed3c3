"""Checks and delivers what the bot sends to customers (WeCom 94677 发送消息, 95122 事件响应消息)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.corp.calls import text_of
from simulator.corp.errcodes import CorpError
from simulator.kefu.codes import Code, Occasion
from simulator.kefu.contents import Content, read_content
from simulator.kefu.customers import Customer, Speaker
from simulator.kefu.sessions import Session
from simulator.kefu.states import API_SPEAKS
from simulator.kefu.world import KefuWorld

REFUSED_BY_CUSTOMER = 10
"""``fail_type`` when the customer takes no messages of the account."""

_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that was taken; ``fail_type`` is set when it does not reach the customer all the same."""

    msgid: str
    open_kfid: str
    external_userid: str
    fail_type: int | None = None


def send(kefu: KefuWorld, data: Mapping[str, object], *, fail_type: int | None = None) -> Sent:
    """``send_msg``; raises CorpError.

    Checks in this order: account 95000 95004 48007, customer 40096, msgid (form 40058, used before: knob),
    state 95018, window 95002, budget 95001, type and size 40008 40058 40007 95008 95009.
    """
    account = kefu.accounts.need(data.get("open_kfid"))
    customer = known_customer(kefu, data.get("touser"))
    msgid = _own_msgid(kefu, account.open_kfid, data.get("msgid"), customer)
    session = kefu.session(account.open_kfid, customer)
    _check_state(kefu, session, customer)
    if session.left <= 0:
        kefu.around.violate("kefu-over-quota", shopper=customer.name, detail=account.open_kfid)
        raise CorpError(95001)
    content = _read(kefu, data, customer)
    session.left -= 1
    _note_repetition(kefu, session, content, msgid, customer)
    return _deliver(kefu, session, customer, content, msgid, Speaker.API, fail_type)


def send_on_event(kefu: KefuWorld, data: Mapping[str, object], *, fail_type: int | None = None) -> Sent:
    """``send_msg_on_event``; raises CorpError: 41050, 41051 (code), 95018 (state), 40008 (type) and others."""
    try:
        code = kefu.codes.look(text_of(data, "code"), kefu.now)
    except CorpError as error:
        kefu.around.violate("kefu-code-refused", detail=str(error))
        raise
    kefu.accounts.need(code.open_kfid)
    customer = known_customer(kefu, code.external_userid)
    msgid = _own_msgid(kefu, code.open_kfid, data.get("msgid"), customer)
    session = kefu.session(code.open_kfid, customer)
    wanted = code.terms.state
    if wanted is not None and session.state is not wanted:
        kefu.around.violate("kefu-code-state", shopper=customer.name, detail=f"{session.state.name}")
        raise CorpError(95018)
    if data.get("msgtype") not in code.terms.types:
        raise CorpError(40008, f"only {', '.join(sorted(code.terms.types))}")
    content = _read(kefu, data, customer)
    _spend(kefu, code, session)
    return _deliver(kefu, session, customer, content, msgid, Speaker.EVENT, fail_type)


def known_customer(kefu: KefuWorld, external_userid: object) -> Customer:
    """The customer that a call means; raises CorpError 40096."""
    customer = kefu.customers.by_external_userid(external_userid)
    if customer is None:
        raise CorpError(40096)
    return customer


def _own_msgid(kefu: KefuWorld, open_kfid: str, msgid: object, customer: Customer) -> str:
    if msgid is None or msgid == "":
        return kefu.new_msgid()
    if not isinstance(msgid, str) or not _MSGID.fullmatch(msgid):
        raise CorpError(40058, "msgid: at most 32 of 0-9a-zA-Z_-")
    if msgid in kefu.sent_ids.get(open_kfid, ()):
        kefu.around.journal.append("kefu.duplicate-msgid", customer.name, msgid=msgid)
        raise CorpError(kefu.knobs.kefu_duplicate_errcode, "msgid has been used")
    return msgid


def _check_state(kefu: KefuWorld, session: Session, customer: Customer) -> None:
    if session.lapsed:
        kefu.around.violate("kefu-late-send", shopper=customer.name, detail=session.open_kfid)
        raise CorpError(kefu.knobs.kefu_late_errcode)
    if session.state not in API_SPEAKS:
        kefu.around.violate("kefu-send-refused-state", shopper=customer.name, detail=session.state.name)
        raise CorpError(95018)
    if not session.wrote_within(kefu.knobs.kefu_window, kefu.now):
        kefu.around.violate("kefu-late-send", shopper=customer.name, detail=session.open_kfid)
        raise CorpError(95002)


def _read(kefu: KefuWorld, data: Mapping[str, object], customer: Customer) -> Content:
    def kind_of(media_id: str) -> str | None:
        stored = kefu.around.media.get(media_id, kefu.now)
        return None if stored is None else stored.kind

    content = read_content(data.get("msgtype"), data, kind_of)
    if content.cut:
        kefu.around.violate("kefu-text-cut", shopper=customer.name, detail="more than 2048 bytes")
    return content


def _note_repetition(
    kefu: KefuWorld, session: Session, content: Content, msgid: str, customer: Customer
) -> None:
    """The same words twice for one message of the customer are a double."""
    if content.kind != "text":
        return
    words = str(content.body["content"])
    if words in session.texts:
        detail = f"{session.texts[words]} and {msgid}"
        kefu.around.violate("kefu-duplicate-text", shopper=customer.name, detail=detail)
    session.texts.setdefault(words, msgid)


def _spend(kefu: KefuWorld, code: Code, session: Session) -> None:
    code.used = True
    if code.occasion is Occasion.WELCOME:
        session.welcomed_at = kefu.now


def _deliver(
    kefu: KefuWorld,
    session: Session,
    customer: Customer,
    content: Content,
    msgid: str,
    speaker: Speaker,
    fail_type: int | None,
) -> Sent:
    kefu.sent_ids.setdefault(session.open_kfid, set()).add(msgid)
    if customer.refuses and fail_type is None:
        fail_type = REFUSED_BY_CUSTOMER
    if fail_type is None:
        kefu.show(customer, session.open_kfid, speaker, content.kind, content.body, msgid=msgid)
    else:
        kefu.around.journal.append("kefu.lost", customer.name, msgid=msgid, fail_type=fail_type)
    return Sent(
        msgid=msgid,
        open_kfid=session.open_kfid,
        external_userid=customer.external_userid,
        fail_type=fail_type,
    )
