"""Members' callbacks over the long connection to the inbox, and answers back over it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from channels.aibot import frames
from channels.aibot.answering import UnansweredCallbacks
from channels.aibot.connection import AibotConnection
from channels.aibot.envelope import message_key
from channels.aibot.errcodes import ERRCODES
from channels.aibot.frames import Frame
from channels.aibot.passive import answer, pushed
from channels.aibot.peers import UNKNOWN_PEER, Peer
from channels.aibot.protocol import read
from channels.aibot.settings import AibotSettings
from channels.aibot.socket import AibotSocket
from channels.call_limits import CallGate
from channels.calls import Answered, Result
from channels.meaning import outcome
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome
from channels.sealing import OpenedCallback
from conversations.address import Address
from conversations.clock import Clock
from conversations.replies import Reply

log = structlog.get_logger()

_STORING_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries to store a callback: the platform never repeats one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassiveAnswer:
    """``body`` is the clear JSON of ``channels.aibot.passive``. Await ``written`` once it went out."""

    body: str
    written: Callable[[], Awaitable[None]]


Receive = Callable[[OpenedCallback], Awaitable[PassiveAnswer | None]]
"""Returns once the callback is on disk and it is decided how it is answered; None: by ``say``, or not at all.

May be called again with the same callback when it raised.
"""


class AibotLine:
    """Speaks in connection mode, and hears."""

    def __init__(
        self,
        settings: AibotSettings,
        connection: AibotConnection,
        clock: Clock,
        *,
        calls: CallGate | None = None,
        pauses: tuple[float, ...] = _STORING_PAUSES,
    ) -> None:
        self._bot_id = settings.bot_id
        self._connection = connection
        self._clock = clock
        self._calls = calls
        self._pauses = pauses
        self._unanswered = UnansweredCallbacks()
        self._heard_on: AibotSocket | None = None
        self._in_flight: set[asyncio.Task[None]] = set()

    @property
    def here(self) -> bool:
        return self._connection.socket is not None

    async def run(self, receive: Receive) -> None:
        """Until cancelled; then finishes what is under way.

        When the credential is refused for good it hears and says nothing more, and the rest of the bot goes on.
        """

        def take(socket: AibotSocket, frame: Frame) -> None:
            task = asyncio.create_task(self._hear(socket, frame, receive))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

        try:
            await self._connection.run(take)
            await asyncio.Event().wait()
        finally:
            if self._in_flight:
                await asyncio.shield(asyncio.wait(set(self._in_flight)))

    async def say(self, reply: Reply, to: Address) -> SendOutcome:
        """In the place of a callback that nobody has answered, while there is one; else as a message of its own."""
        socket = self._connection.socket
        if socket is None:
            return NotSent(reason="the connection is not here", retry_after=1.0)
        body = answer(reply, to, self._clock.now())
        if body is None:
            return Refused(reason=f"{type(reply).__name__} cannot be said here")
        cmd = frames.responding(body)
        self._mind(socket)
        req_id = self._unanswered.take(to.conversation_id, cmd)
        if req_id is not None:
            return _outcome(await socket.request(cmd, body, req_id=req_id))
        message = pushed(reply)
        if message is None:
            return Refused(reason=f"{type(reply).__name__} is said in the answer to an event or not at all")
        return await self._push(socket, message, Peer.parse(to.peer))

    async def _push(self, socket: AibotSocket, message: Mapping[str, object], peer: Peer) -> SendOutcome:
        chat = peer.chatid or peer.userid
        wait = await self._calls.may_call(frames.SEND, chat) if self._calls is not None else 0.0
        if wait > 0:
            return NotSent(reason="as many messages as this chat may get now", retry_after=wait)
        target = {"chatid": chat, "chat_type": 1 if peer.chatid is None else 2}
        return _outcome(await socket.request(frames.SEND, {**target, **message}))

    async def _hear(self, socket: AibotSocket, frame: Frame, receive: Receive) -> None:
        if frame.cmd not in (frames.MESSAGE_CALLBACK, frames.EVENT_CALLBACK):
            log.warning("aibot.unknown_frame", cmd=frame.cmd[:64])
            return
        fields = {"aibotid": self._bot_id, **frame.body}
        key = message_key(self._bot_id, fields, frame.raw)
        opened = OpenedCallback(fields=fields, key=key, as_json=True)
        passive = await self._stored(opened, receive)
        cmd = frames.answered_by(frame)
        if passive is not None:
            await _respond(socket, frame, passive)
        elif cmd is not None:
            address = read(fields, key).address
            self._mind(socket)
            if address.peer != UNKNOWN_PEER:
                self._unanswered.add(address.conversation_id, frame.req_id, cmd)

    def _mind(self, socket: AibotSocket) -> None:
        """Callbacks of an earlier connection cannot be answered on this one."""
        if socket is not self._heard_on:
            self._unanswered.forget()
            self._heard_on = socket

    async def _stored(self, opened: OpenedCallback, receive: Receive) -> PassiveAnswer | None:
        """Tried again for half a minute. What cannot be stored then is lost, and said to be."""
        for pause in (*self._pauses, None):
            try:
                return await receive(opened)
            except Exception as error:  # noqa: BLE001 - the platform never repeats a callback
                log.warning("aibot.not_stored", error=type(error).__name__)
            if pause is not None:
                await asyncio.sleep(pause)
        log.error("aibot.callback_lost", key=opened.key)
        return None


async def _respond(socket: AibotSocket, frame: Frame, passive: PassiveAnswer) -> None:
    """An answer that was surely not taken stays offered, and goes by the delivery when its time is over."""
    body = json.loads(passive.body)
    result = await socket.request(frames.responding(body), body, req_id=frame.req_id)
    if isinstance(result, OutcomeUnknown) or (isinstance(result, Answered) and result.code == 0):
        await passive.written()
    else:
        log.warning("aibot.answer_not_taken", result=str(result)[:200])


def _outcome(result: Result) -> SendOutcome:
    return outcome(result, ERRCODES, repeatable=False)
