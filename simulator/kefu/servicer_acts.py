"""What people do in the WeCom client: take, transfer, end, write, take back, come and go (WeCom 94670)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.kefu.accounts import Account
from simulator.kefu.customers import Customer, Speaker
from simulator.kefu.sessions import Session
from simulator.kefu.states import State
from simulator.kefu.world import KefuWorld
from simulator.requests_in import BadRequest, Conflict

Data = Mapping[str, object]
FROM_POOL, TRANSFERRED, ENDED, REENTERED = 1, 2, 3, 4
"""``change_type`` of session_status_change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One person at one account, with one customer where the act concerns one."""

    kefu: KefuWorld
    account: Account
    userid: str
    data: Data
    customer: Customer | None = None

    @property
    def who(self) -> Customer:
        """The customer; raises BadRequest when none was named."""
        if self.customer is None:
            raise BadRequest("customer: missing")
        return self.customer

    @property
    def session(self) -> Session:
        """The session with that customer."""
        return self.kefu.session(self.account.open_kfid, self.who)

    def own_session(self) -> Session:
        """The session, which must be served by this person; raises Conflict."""
        session = self.session
        if session.state is not State.HUMAN or session.servicer != self.userid:
            raise Conflict(f"{self.userid} does not serve {self.who.name}")
        return session


def act(scene: Scene, name: str) -> dict[str, object]:
    """Carry out one act; raises BadRequest (cannot be) or Conflict (not now)."""
    if name not in SERVICER_ACTS:
        raise BadRequest(f"there is no act {name!r}; there are {', '.join(SERVICER_ACTS)}")
    if scene.userid not in scene.account.servicers:
        raise BadRequest(f"{scene.userid} does not serve {scene.account.open_kfid}")
    return SERVICER_ACTS[name](scene)


def _take(scene: Scene) -> dict[str, object]:
    session = scene.session
    if session.state is not State.POOL:
        raise Conflict(f"{scene.who.name} does not wait in the pool")
    if not scene.account.servicers[scene.userid].receiving:
        raise Conflict(f"{scene.userid} does not receive")
    code = scene.kefu.change(session, State.HUMAN, scene.userid, by="person")
    return _tell(scene, FROM_POOL, new=scene.userid, code=code)


def _transfer(scene: Scene) -> dict[str, object]:
    session, to = scene.own_session(), str(scene.data.get("to", ""))
    target = scene.account.servicers.get(to)
    if target is None or not target.receiving:
        raise Conflict(f"to: {to!r} does not receive")
    scene.kefu.change(session, State.HUMAN, to, by="person")
    return _tell(scene, TRANSFERRED, old=scene.userid, new=to)


def _end(scene: Scene) -> dict[str, object]:
    code = scene.kefu.change(scene.own_session(), State.OVER, None, by="person")
    return _tell(scene, ENDED, old=scene.userid, code=code)


def _reenter(scene: Scene) -> dict[str, object]:
    """Take up again what has ended, or what was transferred to somebody else."""
    session, old = scene.session, scene.session.last_servicer
    if session.state is not State.OVER and (session.state is not State.HUMAN or old == scene.userid):
        raise Conflict(f"{scene.who.name}'s session has neither ended nor gone to somebody else")
    scene.kefu.change(session, State.HUMAN, scene.userid, by="person")
    return _tell(scene, REENTERED, old=old, new=scene.userid)


def _tell(
    scene: Scene, change_type: int, *, old: str | None = None, new: str | None = None, code: str | None = None
) -> dict[str, object]:
    optional = {"old_servicer_userid": old, "new_servicer_userid": new, "msg_code": code}
    msgid = scene.kefu.put_event(
        scene.account.open_kfid,
        "session_status_change",
        external_userid=scene.who.external_userid,
        change_type=change_type,
        **{name: value for name, value in optional.items() if value is not None},
    )
    return {"msgid": msgid, "msg_code": code}


def _say(scene: Scene) -> dict[str, object]:
    """Write a text or anything else; in an ended session this begins it again."""
    if scene.session.state is State.OVER:
        _reenter(scene)
    session, msgid = scene.own_session(), scene.kefu.new_msgid()
    kind, body = _written(scene.data)
    scene.kefu.show(
        scene.who,
        scene.account.open_kfid,
        Speaker.SERVICER,
        kind,
        body,
        msgid=msgid,
        servicer=scene.userid,
    )
    scene.kefu.put_message(session, kind, body, msgid=msgid, servicer=scene.userid)
    scene.kefu.ring(scene.account.open_kfid)
    return {"msgid": msgid}


def _written(data: Data) -> tuple[str, dict[str, object]]:
    """Kind and body of what a person writes: ``text``, or ``msgtype`` with the object of that name."""
    if "msgtype" not in data:
        words = data.get("text")
        if isinstance(words, str) and words:
            return "text", {"content": words}
        raise BadRequest("text must be text and not empty")
    kind = str(data["msgtype"])
    body = data.get(kind)
    if not isinstance(body, dict):
        raise BadRequest(f"{kind} must be an object")
    return kind, body


def _recall(scene: Scene) -> dict[str, object]:
    line = scene.who.line_of(str(scene.data.get("msgid", "")))
    if line is None or line.servicer != scene.userid:
        raise BadRequest("msgid: not a message of this person")
    line.recalled = True
    event = scene.kefu.put_event(
        scene.account.open_kfid,
        "servicer_recall_msg",
        external_userid=scene.who.external_userid,
        recall_msgid=line.msgid,
        servicer_userid=scene.userid,
    )
    return {"msgid": event}


def _start(scene: Scene) -> dict[str, object]:
    servicer = scene.account.servicers[scene.userid]
    servicer.receiving, servicer.suspended = True, False
    event = scene.kefu.put_event(
        scene.account.open_kfid, "servicer_status_change", servicer_userid=scene.userid, status=1
    )
    return {"msgid": event}


def _stop(scene: Scene) -> dict[str, object]:
    servicer = scene.account.servicers[scene.userid]
    servicer.receiving, servicer.suspended = False, scene.data.get("suspended") is True
    event = scene.kefu.put_event(
        scene.account.open_kfid,
        "servicer_status_change",
        servicer_userid=scene.userid,
        status=2,
        stop_type=int(servicer.suspended),
    )
    return {"msgid": event}


def _reject(scene: Scene) -> dict[str, object]:
    session, on = scene.own_session(), scene.data.get("on") is not False
    session.rejected = on
    event = scene.kefu.put_event(
        scene.account.open_kfid,
        "reject_customer_msg_switch_change",
        external_userid=scene.who.external_userid,
        servicer_userid=scene.userid,
        reject_switch=int(on),
    )
    return {"msgid": event}


SERVICER_ACTS: Mapping[str, Callable[[Scene], dict[str, object]]] = {
    "take": _take,
    "transfer": _transfer,
    "end": _end,
    "reenter": _reenter,
    "say": _say,
    "recall": _recall,
    "start": _start,
    "stop": _stop,
    "reject": _reject,
}
