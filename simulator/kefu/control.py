"""The control API's part about 微信客服: customers, people, accounts, load, the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from simulator.corp.errcodes import CorpError
from simulator.corp.world import CorpWorld
from simulator.kefu import customer_acts, servicer_acts
from simulator.kefu.accounts import Account
from simulator.kefu.customers import Customer, Line
from simulator.kefu.ledger import ledger
from simulator.kefu.sessions import Session
from simulator.kefu.states import State
from simulator.kefu.world import KefuWorld
from simulator.requests_in import BadRequest, json_object, json_response, number, whole

_MAX_WAIT = 120


class KefuControl:
    """Handlers below ``/_sim/kefu``. ``account`` in a body or address is an open_kfid; the first by default."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        add, base = app.router.add_route, "/_sim/kefu"
        add("GET", base, self.state)
        add("GET", f"{base}/ledger", self.ledger)
        add("POST", f"{base}/bulk", self.bulk)
        add("POST", f"{base}/ring", self.ring)
        add("POST", f"{base}/fail", self.fail)
        add("PUT", f"{base}/accounts/{{account}}", self.set_account)
        add("PUT", f"{base}/upgrades", self.set_upgrades)
        add("GET", f"{base}/customers", self.customers)
        add("POST", f"{base}/customers", self.create_customer)
        add("GET", f"{base}/customers/{{customer}}", self.customer)
        add("GET", f"{base}/customers/{{customer}}/transcript", self.transcript)
        add("PUT", f"{base}/customers/{{customer}}/state", self.force_state)
        add("POST", f"{base}/customers/{{customer}}/{{act}}", self.customer_act)
        add("PUT", f"{base}/servicers/{{userid}}", self.set_servicer)
        add("POST", f"{base}/servicers/{{userid}}/{{act}}", self.servicer_act)

    async def state(self, _: web.Request) -> web.Response:
        """``GET /_sim/kefu``: accounts with their servicers, and how much there is."""
        kefu = self._kefu
        return json_response(
            {
                "accounts": [
                    {
                        "open_kfid": account.open_kfid,
                        "name": account.name,
                        "authorised": account.authorised,
                        "servicers": [item.as_json() for item in account.servicers.values()],
                        "items": len(kefu.stream(account.open_kfid)),
                    }
                    for account in kefu.accounts
                ],
                "customers": len(kefu.customers),
                "customer_acts": list(customer_acts.CUSTOMER_ACTS),
                "servicer_acts": list(servicer_acts.SERVICER_ACTS),
            }
        )

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /_sim/kefu/ledger?customer=``: what was sent and delivered, in order."""
        name = request.query.get("customer")
        chosen = self._kefu.customers if name is None else [self._kefu.customers.get(name)]
        return json_response({"customers": ledger(self._kefu, chosen)})

    async def bulk(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/bulk {"customers", "messages", "texts"?, "prefix"?, "ring"?}``.

        Puts ``messages`` texts of each of ``customers`` (a number, or names) into the stream, one of each in
        turn, and rings once. A text is ``texts[n % len]`` or "第 n 条".
        """
        data, kefu = await json_object(request), self._kefu
        account = self._account(data)
        names, count = _names(data), int(number(data, "messages", 1, 100_000))
        texts = data.get("texts")
        words = [str(item) for item in texts] if isinstance(texts, list) and texts else []
        sent: list[dict[str, object]] = []
        for turn in range(count):
            for name in names:
                customer = kefu.customers.ensure(name)
                text = words[turn % len(words)] if words else f"第 {turn + 1} 条"
                done = customer_acts.say(kefu, account, customer, text, ring=False)
                sent.append({"id": customer.name, "msgid": done.msgid, "text": text})
        if data.get("ring") is not False:
            kefu.ring(account.open_kfid)
        return json_response({"sent": sent})

    async def ring(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/ring``: a callback although nothing need be new."""
        account = self._account(await json_object(request))
        self._kefu.ring(account.open_kfid)
        return json_response({"ok": True})

    async def fail(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/fail {"customer", "msgid", "fail_type"}``: msg_send_fail for a message sent before."""
        data = await json_object(request)
        customer = self._kefu.customers.get(str(data.get("customer", "")))
        line = customer.line_of(str(data.get("msgid", "")))
        if line is None:
            raise BadRequest("msgid: no such message")
        fail_type = int(number(data, "fail_type", 0, 99))
        line.recalled = True
        self._kefu.report_failure(line.open_kfid, customer.external_userid, line.msgid, fail_type)
        return json_response({"ok": True})

    async def set_account(self, request: web.Request) -> web.Response:
        """``PUT /_sim/kefu/accounts/{open_kfid} {"name"?, "authorised"?}``; tells of a changed right."""
        data, kefu = await json_object(request), self._kefu
        open_kfid = request.match_info["account"]
        try:
            account = kefu.accounts.look(open_kfid)
        except CorpError:
            account = kefu.accounts.add(str(data.get("name") or "客服"), open_kfid)
        account.name = str(data.get("name") or account.name)
        wanted = data.get("authorised") is not False
        if wanted is not account.authorised:
            account.authorised = wanted
            name = "AuthAddOpenKfId" if wanted else "AuthDelOpenKfId"
            event = {"MsgType": "event", "Event": "kf_account_auth_change", name: [open_kfid]}
            self._corp.tell({"FromUserName": "sys", **event})
        return json_response({"open_kfid": open_kfid, "name": account.name, "authorised": wanted})

    async def set_upgrades(self, request: web.Request) -> web.Response:
        """``PUT /_sim/kefu/upgrades``: what ``get_upgrade_service_config`` shows."""
        self._kefu.upgrades = await json_object(request)
        return json_response(self._kefu.upgrades)

    async def customers(self, request: web.Request) -> web.Response:
        """``GET /_sim/kefu/customers?limit=&offset=``."""
        offset = whole(request.query, "offset", 0, 0, 10**9)
        limit = whole(request.query, "limit", 1000, 1, 10_000)
        page = [*self._kefu.customers][offset : offset + limit]
        return json_response(
            {"total": len(self._kefu.customers), "customers": [self._customer_json(x) for x in page]}
        )

    async def create_customer(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/customers {"id", "nickname"?}``."""
        data = await json_object(request)
        nickname = data.get("nickname")
        customer = self._kefu.customers.ensure(
            str(data.get("id", "")), nickname if isinstance(nickname, str) else None
        )
        return json_response(self._customer_json(customer), status=201)

    async def customer(self, request: web.Request) -> web.Response:
        """``GET /_sim/kefu/customers/{id}``: the person and their sessions."""
        return json_response(self._customer_json(self._kefu.customers.get(request.match_info["customer"])))

    async def transcript(self, request: web.Request) -> web.Response:
        """``GET /_sim/kefu/customers/{id}/transcript?after=&account=``: the phone, in order."""
        customer = self._kefu.customers.get(request.match_info["customer"])
        after, account = whole(request.query, "after", 0, 0, 10**9), request.query.get("account")
        lines = [line for line in customer.lines[after:] if account in (None, line.open_kfid)]
        return json_response(
            {"customer": self._customer_json(customer), "lines": [line.as_json() for line in lines]}
        )

    async def customer_act(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/customers/{id}/{act}?wait=answer&timeout=``; a new id makes the customer."""
        kefu, name = self._kefu, request.match_info["act"]
        customer = kefu.customers.ensure(request.match_info["customer"])
        data = await self._act_data(request, name)
        wait = request.query.get("wait") == "answer"
        heard = customer.next_heard() if wait else None
        done = customer_acts.act(kefu, self._account(data), customer, name, data)
        answer: dict[str, object] = {
            "msgid": done.msgid,
            "external_userid": customer.external_userid,
            "line": None if done.line is None else done.line.number,
            "welcome_code": done.welcome_code,
        }
        if heard is not None:
            line = await _first(heard, whole(request.query, "timeout", 20, 1, _MAX_WAIT))
            answer["heard"] = None if line is None else line.as_json()
        return json_response(answer)

    async def force_state(self, request: web.Request) -> web.Response:
        """``PUT /_sim/kefu/customers/{id}/state {"state", "servicer"?}``: without any event, as time-outs do it."""
        data = await json_object(request)
        customer = self._kefu.customers.get(request.match_info["customer"])
        session = self._kefu.session(self._account(data).open_kfid, customer)
        state = State(int(number(data, "state", 0, 4)))
        servicer = data.get("servicer")
        self._kefu.change(session, state, str(servicer) if servicer else None, by="platform")
        return json_response(_session_json(session))

    async def set_servicer(self, request: web.Request) -> web.Response:
        """``PUT /_sim/kefu/servicers/{userid} {"receiving"?, "suspended"?, "account"?}``: quietly, without events."""
        data, userid = await json_object(request), request.match_info["userid"]
        account = self._account(data)
        if self._corp.members.get(userid) is None:
            self._corp.members.add(userid)
        errcode = account.add_servicer(userid, self._corp.members)
        if errcode:
            raise BadRequest(f"{userid} cannot serve: {errcode}")
        servicer = account.servicers[userid]
        servicer.receiving = data.get("receiving") is not False
        servicer.suspended = data.get("suspended") is True
        return json_response(servicer.as_json())

    async def servicer_act(self, request: web.Request) -> web.Response:
        """``POST /_sim/kefu/servicers/{userid}/{act} {"customer", …}``."""
        data, named = await json_object(request), None
        if "customer" in data:
            named = self._kefu.customers.get(str(data["customer"]))
        scene = servicer_acts.Scene(
            kefu=self._kefu,
            account=self._account(data),
            userid=request.match_info["userid"],
            data=data,
            customer=named,
        )
        return json_response(servicer_acts.act(scene, request.match_info["act"]))

    @property
    def _kefu(self) -> KefuWorld:
        return self._corp.kefu

    def _account(self, data: Mapping[str, object]) -> Account:
        wanted = data.get("account")
        if wanted is None:
            first = next(iter(self._kefu.accounts), None)
            if first is None:
                raise BadRequest("there is no account")
            return first
        try:
            return self._kefu.accounts.look(wanted)
        except CorpError as error:
            raise BadRequest(f"account: {error}") from error

    async def _act_data(self, request: web.Request, name: str) -> Mapping[str, object]:
        if not request.content_type.startswith("multipart/"):
            return await json_object(request)
        if name not in customer_acts.SIZE_LIMITS:
            raise BadRequest(f"{name} takes JSON")
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.filename:
                content_type = part.headers.get("Content-Type", "application/octet-stream")
                return customer_acts.store(self._kefu, name, content_type, bytes(await part.read()))
        raise BadRequest("the form holds no file")

    def _customer_json(self, customer: Customer) -> dict[str, object]:
        sessions = [_session_json(item) for item in self._kefu.sessions_of(customer)]
        return {**customer.as_json(), "sessions": sessions}


def _session_json(session: Session) -> dict[str, object]:
    return {
        "open_kfid": session.open_kfid,
        "state": int(session.state),
        "servicer": session.servicer,
        "last_servicer": session.last_servicer,
        "left": session.left,
        "last_words_at": session.last_words_at,
        "lapsed": session.lapsed,
        "rejected": session.rejected,
    }


def _names(data: Mapping[str, object]) -> list[str]:
    wanted = data.get("customers")
    if isinstance(wanted, list) and wanted:
        return [str(item) for item in wanted]
    prefix = str(data.get("prefix", "c"))
    return [f"{prefix}{index + 1}" for index in range(int(number(data, "customers", 1, 100_000)))]


async def _first(heard: asyncio.Future[Line], seconds: int) -> Line | None:
    try:
        async with asyncio.timeout(seconds):
            return await heard
    except TimeoutError:
        return None
