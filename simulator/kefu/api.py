"""微信客服 under the platform's own paths (WeCom 94638 and the pages below it)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import OK, CorpCall, list_of, names_of, object_of, text_of, whole_of
from simulator.corp.endpoint import Endpoint
from simulator.corp.errcodes import CorpError
from simulator.faults import Kind
from simulator.kefu import sending, syncing, transitions
from simulator.kefu.accounts import MAX_DEPARTMENTS, Account
from simulator.kefu.customers import Speaker
from simulator.kefu.sessions import Session
from simulator.kefu.world import KefuWorld

_ACTIVE = 48 * 3600.0


def _kefu(call: CorpCall) -> KefuWorld:
    return call.corp.kefu


async def sync_msg(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/sync_msg``."""
    return {**OK, **syncing.sync(_kefu(call), call.data(), call.corp.limits)}


async def send_msg(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/send_msg``."""
    return _answer_sent(call, sending.send(_kefu(call), call.data(), fail_type=_fail_type(call)))


async def send_msg_on_event(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/send_msg_on_event``."""
    return _answer_sent(call, sending.send_on_event(_kefu(call), call.data(), fail_type=_fail_type(call)))


def _fail_type(call: CorpCall) -> int | None:
    """A fault ``send_fail`` lets the message be taken and not arrive; its errcode is the fail_type."""
    rule = call.faults.get(Kind.SEND_FAIL)
    return None if rule is None else max(0, rule.errcode)


def _answer_sent(call: CorpCall, sent: sending.Sent) -> Mapping[str, object]:
    kefu, fail_type = _kefu(call), sent.fail_type
    if fail_type is not None:
        rule = call.faults.get(Kind.SEND_FAIL)
        call.corp.pusher.later(
            0.0 if rule is None else rule.ms / 1000,
            lambda: kefu.report_failure(sent.open_kfid, sent.external_userid, sent.msgid, fail_type),
        )
    return {**OK, "msgid": sent.msgid}


async def get_state(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/service_state/get``."""
    return {**OK, **transitions.get_state(_kefu(call), call.data())}


async def change_state(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/service_state/trans``."""
    code = transitions.change_state(_kefu(call), call.data())
    return dict(OK) if code is None else {**OK, "msg_code": code}


async def add_account(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/account/add {"name", "media_id"}``."""
    data = call.data()
    avatar = text_of(data, "media_id", 41006)
    if call.corp.media.get(avatar, call.now) is None:
        raise CorpError(40007)
    account = _kefu(call).accounts.add(text_of(data, "name", 95006))
    account.avatar = avatar
    return {**OK, "open_kfid": account.open_kfid}


async def delete_account(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/account/del {"open_kfid"}``."""
    accounts = _kefu(call).accounts
    accounts.remove(accounts.need(call.data().get("open_kfid")).open_kfid)
    return OK


async def update_account(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/account/update {"open_kfid", "name"?, "media_id"?}``."""
    data, accounts = call.data(), _kefu(call).accounts
    account = accounts.need(data.get("open_kfid"))
    if "media_id" in data:
        avatar = text_of(data, "media_id", 40007)
        if call.corp.media.get(avatar, call.now) is None:
            raise CorpError(40007)
        account.avatar = avatar
    if "name" in data:
        accounts.rename(account, text_of(data, "name", 95006))
    return OK


async def list_accounts(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/account/list {"offset", "limit"}``; ``manage_privilege`` says whether the app may call."""
    data = call.data() if call.body else {}
    offset = whole_of(data, "offset", 0, 0, 10**9)
    limit = whole_of(data, "limit", 100, 1, 100)
    page = [*_kefu(call).accounts][offset : offset + limit]
    shown = [
        {
            "open_kfid": account.open_kfid,
            "name": account.name,
            "avatar": account.avatar,
            "manage_privilege": account.authorised,
        }
        for account in page
    ]
    return {**OK, "account_list": shown}


async def add_contact_way(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/add_contact_way {"open_kfid", "scene"?}``."""
    data, accounts = call.data(), _kefu(call).accounts
    account = accounts.need(data.get("open_kfid"))
    return {**OK, "url": accounts.link(account, str(data.get("scene") or ""))}


async def add_servicers(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/servicer/add``: a result for each, some of which may have failed."""
    account, users, departments = _named(call)
    results = [_result("userid", user, account.add_servicer(user, call.corp.members)) for user in users]
    for department in departments:
        errcode = 0 if len(account.departments) < MAX_DEPARTMENTS else 95021
        if errcode == 0 and department not in account.departments:
            account.departments.append(department)
        results.append(_result("department_id", department, errcode))
    return {**OK, "result_list": results}


async def delete_servicers(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/servicer/del``: a result for each, some of which may have failed."""
    account, users, departments = _named(call)
    results = [_result("userid", user, account.remove_servicer(user)) for user in users]
    for department in departments:
        known = department in account.departments
        if known:
            account.departments.remove(department)
        results.append(_result("department_id", department, 0 if known else 95014))
    return {**OK, "result_list": results}


def _named(call: CorpCall) -> tuple[Account, list[str], list[int]]:
    """The account, the userids and the departments that a call names."""
    data = call.data()
    account = _kefu(call).accounts.need(data.get("open_kfid"))
    users = names_of(data, "userid_list", at_most=100)
    departments = list_of(data, "department_id_list") if "department_id_list" in data else []
    numbers = [item for item in departments if isinstance(item, int) and not isinstance(item, bool)]
    if len(numbers) != len(departments) or len(numbers) > MAX_DEPARTMENTS or not (users or numbers):
        raise CorpError(40058, "userid_list, department_id_list")
    return account, users, numbers


def _result(name: str, value: object, errcode: int) -> dict[str, object]:
    text = "success" if errcode == 0 else str(CorpError(errcode).body("")["errmsg"]).partition(",")[0]
    return {name: value, "errcode": errcode, "errmsg": text}


async def list_servicers(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/kf/servicer/list?open_kfid=``: status 0 receives, 1 does not."""
    account = _kefu(call).accounts.need(call.query.get("open_kfid"))
    shown: list[dict[str, object]] = [item.as_json() for item in account.servicers.values()]
    shown += [{"department_id": department} for department in account.departments]
    return {**OK, "servicer_list": shown}


async def get_customers(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/customer/batchget``: only those who were active within 48 hours."""
    data, kefu = call.data(), _kefu(call)
    wanted = names_of(data, "external_userid_list", at_most=100)
    if not wanted:
        raise CorpError(40058, "external_userid_list")
    with_context = whole_of(data, "need_enter_session_context", 0, 0, 1)
    found: list[dict[str, object]] = []
    invalid: list[str] = []
    for external_userid in wanted:
        customer = kefu.customers.by_external_userid(external_userid)
        sessions = [] if customer is None else [x for x in kefu.sessions_of(customer) if _active(x, call.now)]
        if customer is None or not sessions:
            invalid.append(external_userid)
            continue
        shown: dict[str, object] = {
            "external_userid": customer.external_userid,
            "nickname": customer.nickname,
            "avatar": "",
            "gender": customer.gender,
            "unionid": customer.unionid,
        }
        entered = [item for item in sessions if item.scene]
        if with_context and entered:
            shown["enter_session_context"] = max(entered, key=lambda item: item.entered_at or 0.0).scene
        found.append(shown)
    return {**OK, "customer_list": found, "invalid_external_userid": invalid}


def _active(session: Session, now: float) -> bool:
    times = [at for at in (session.last_words_at, session.entered_at) if at is not None]
    return bool(times) and now - max(times) < _ACTIVE


async def upgrade_config(call: CorpCall) -> Mapping[str, object]:
    """``GET /cgi-bin/kf/customer/get_upgrade_service_config`` (WeCom 94674)."""
    return {**OK, **_kefu(call).upgrades}


async def upgrade(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/customer/upgrade_service``: recommends a member (type 1) or a group (type 2)."""
    data, kefu = call.data(), _kefu(call)
    account = kefu.accounts.need(data.get("open_kfid"))
    customer = sending.known_customer(kefu, data.get("external_userid"))
    if not kefu.session(account.open_kfid, customer).wrote_within(_ACTIVE, call.now):
        raise CorpError(95031)
    name = "member" if whole_of(data, "type", 0, 1, 2) == 1 else "groupchat"
    offer = object_of(data, name)
    text_of(offer, "userid" if name == "member" else "chat_id")
    content = {"content": str(offer.get("wording", "")), name: offer}
    kefu.show(customer, account.open_kfid, Speaker.API, "upgrade", content, msgid=kefu.new_msgid())
    return OK


async def cancel_upgrade(call: CorpCall) -> Mapping[str, object]:
    """``POST /cgi-bin/kf/customer/cancel_upgrade_service``."""
    data, kefu = call.data(), _kefu(call)
    account = kefu.accounts.need(data.get("open_kfid"))
    customer = sending.known_customer(kefu, data.get("external_userid"))
    for line in customer.lines:
        if line.kind == "upgrade" and line.open_kfid == account.open_kfid:
            line.recalled = True
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/kf/sync_msg": Endpoint(method="POST", handler=sync_msg),
    "/cgi-bin/kf/send_msg": Endpoint(method="POST", handler=send_msg),
    "/cgi-bin/kf/send_msg_on_event": Endpoint(method="POST", handler=send_msg_on_event),
    "/cgi-bin/kf/service_state/get": Endpoint(method="POST", handler=get_state),
    "/cgi-bin/kf/service_state/trans": Endpoint(method="POST", handler=change_state),
    "/cgi-bin/kf/account/add": Endpoint(method="POST", handler=add_account),
    "/cgi-bin/kf/account/del": Endpoint(method="POST", handler=delete_account),
    "/cgi-bin/kf/account/update": Endpoint(method="POST", handler=update_account),
    "/cgi-bin/kf/account/list": Endpoint(method="POST", handler=list_accounts),
    "/cgi-bin/kf/add_contact_way": Endpoint(method="POST", handler=add_contact_way),
    "/cgi-bin/kf/servicer/add": Endpoint(method="POST", handler=add_servicers),
    "/cgi-bin/kf/servicer/del": Endpoint(method="POST", handler=delete_servicers),
    "/cgi-bin/kf/servicer/list": Endpoint(method="GET", handler=list_servicers),
    "/cgi-bin/kf/customer/batchget": Endpoint(method="POST", handler=get_customers),
    "/cgi-bin/kf/customer/get_upgrade_service_config": Endpoint(method="GET", handler=upgrade_config),
    "/cgi-bin/kf/customer/upgrade_service": Endpoint(method="POST", handler=upgrade),
    "/cgi-bin/kf/customer/cancel_upgrade_service": Endpoint(method="POST", handler=cancel_upgrade),
}
