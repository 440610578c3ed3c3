"""Delivers WeCom callbacks: 5 seconds, three attempts, fresh stamp each time (WeCom 90238, 90930)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.corp.envelope import to_xml
from simulator.corp.world import CorpWorld
from simulator.envelope import ReplyDefect, Stamp
from simulator.faults import ONCE_PER_PUSH, Kind, Rule, Side
from simulator.journal import shorten
from simulator.pusher import DUPLICATE_AFTER_GAP, PER_ATTEMPT, outcome_json
from simulator.transport import Answered, Outcome, TimedOut, Unreachable, Wire
from simulator.turns import Rows, Turn
from simulator.world import World

VERIFY_SECONDS = 1.0
"""How long the platform waits for the echo (WeCom 90930)."""

_ACKNOWLEDGEMENTS = (b"", b"success")


@dataclass(slots=True, kw_only=True)
class Push:
    """One callback with all its attempts; ``clear`` is the same in each."""

    id: str
    row: str
    label: str
    clear: str
    turn: Turn
    on_reply: Callable[[bytes], None] | None
    attempts: int = 0
    answered: bool = False
    reply: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One attempt that was made."""

    number: int
    nonce: str
    outcome: Outcome


class CorpPusher:
    """Starts a task for each callback; rows do not wait for each other. Faults see ``corp:`` + event."""

    def __init__(self, world: World, corp: CorpWorld, wire: Wire) -> None:
        self._world = world
        self._corp = corp
        self._wire = wire
        self._rows = Rows()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """How many callbacks and delayed acts are not over."""
        return len(self._tasks)

    def push(
        self,
        fields: Mapping[str, object],
        *,
        row: str = "",
        on_reply: Callable[[bytes], None] | None = None,
    ) -> str:
        """Begin to deliver a callback with these fields; returns its id at once."""
        push_id = self._world.next_push_id()
        push = Push(
            id=push_id,
            row=row or push_id,
            label=label_of(fields),
            clear=to_xml(fields),
            turn=self._rows.join(row or push_id),
            on_reply=on_reply,
        )
        self._start(self._deliver(push))
        return push.id

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something after real seconds (scaled like every waiting time)."""

        async def wait() -> None:
            await asyncio.sleep(seconds * self._world.knobs.timeout_scale)
            act()

        self._start(wait())

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def verify(self) -> dict[str, object]:
        """Ask the bot to prove that the URL is its own: the sealed echo must come back clear and exact."""
        echo = str(secrets.randbelow(9 * 10**18) + 10**18)
        query = self._corp.envelope.verification_query(self._stamp(), echo)
        patience = VERIFY_SECONDS * self._world.knobs.timeout_scale
        outcome = await self._wire.get(self._corp.knobs.callback_url, query, patience=patience)
        good = isinstance(outcome, Answered) and outcome.status == 200 and outcome.body == echo.encode()
        self._world.journal.append("corp.verify", ok=good, **outcome_json(outcome))
        if not good:
            self._world.violate("corp-verify-failed", detail=type(outcome).__name__)
        return {"ok": good, **outcome_json(outcome)}

    def _start(self, work: asyncio._CoroutineLike[None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, push: Push) -> None:
        once = self._strike(push, ONCE_PER_PUSH)
        scale = self._world.knobs.timeout_scale
        try:
            await self._rows.wait(push.turn, self._world.knobs.order, patience=self._world.knobs.patience)
            if Kind.REORDER in once:
                await self._rows.let_overtake(push.turn, patience=once[Kind.REORDER].ms / 1000 * scale)
            await self._attempt_until_received(push)
        finally:
            self._rows.leave(push.row, push.turn)
        if Kind.DUPLICATE_AFTER in once and push.answered:
            await asyncio.sleep(DUPLICATE_AFTER_GAP * scale)
            self._conclude(push, await self._request(push, {}))

    async def _attempt_until_received(self, push: Push) -> None:
        loop, knobs = asyncio.get_running_loop(), self._world.knobs
        reason = ""
        for attempt in range(1, knobs.attempts + 1):
            started = loop.time()
            reason = await self._attempt(push)
            self._rows.mark_sent(push.turn)
            if not reason:
                return
            last = attempt == knobs.attempts
            self._journal(push, "callback.failed" if last else "callback.retry", reason=reason)
            if not last:
                await asyncio.sleep(max(0.0, started + knobs.patience - loop.time()))
        self._journal(push, "callback.gave-up", reason=reason)

    async def _attempt(self, push: Push) -> str:
        """One attempt; an empty string means that the platform regards the callback as received."""
        faults = self._strike(push, PER_ATTEMPT)
        if Kind.DELAY in faults:
            await asyncio.sleep(faults[Kind.DELAY].ms / 1000 * self._world.knobs.timeout_scale)
        if Kind.DROP_REQUEST in faults:
            push.attempts += 1
            self._journal(push, "callback.lost", attempt=push.attempts)
            return "timeout"
        if Kind.DUPLICATE in faults:
            self._start(self._shadow(push))
        trial = await self._request(push, faults)
        if Kind.DROP_RESPONSE in faults:
            self._journal(push, "callback.answer-lost", attempt=trial.number)
            return "timeout"
        return self._conclude(push, trial)

    async def _shadow(self, push: Push) -> None:
        """The same callback once more at the same time, as happens when networks repeat requests."""
        self._conclude(push, await self._request(push, {}))

    async def _request(self, push: Push, faults: Mapping[Kind, Rule]) -> Trial:
        push.attempts += 1
        attempt, stamp = push.attempts, self._stamp()
        out = self._corp.envelope.wrap(push.clear, stamp)
        sent = {"query": dict(out.query), "bytes": len(out.body), "body": shorten(out.clear)}
        self._journal(push, "callback.sent", attempt=attempt, **sent)
        scale = self._world.knobs.timeout_scale
        outcome = await self._wire.post(
            self._corp.knobs.callback_url,
            out,
            patience=self._world.knobs.patience,
            sent=lambda: self._rows.mark_sent(push.turn),
            slow_seconds=faults[Kind.SLOW_BODY].ms / 1000 * scale if Kind.SLOW_BODY in faults else 0.0,
        )
        self._journal(push, "callback.answer", attempt=attempt, **outcome_json(outcome))
        return Trial(number=attempt, nonce=stamp.nonce, outcome=outcome)

    def _conclude(self, push: Push, trial: Trial) -> str:
        """Act on an outcome; returns why another attempt is needed, or an empty string."""
        match trial.outcome:
            case TimedOut():
                return "timeout"
            case Unreachable(reason=reason):
                return reason
            case Answered(status=status) if status != 200:
                if self._world.knobs.retry_non_200:
                    return f"HTTP {status}"
                self._journal(push, "callback.gave-up", reason=f"HTTP {status}")
            case Answered(body=body):
                push.answered = True
                if body not in _ACKNOWLEDGEMENTS:
                    self._receive(push, trial, body)
        return ""

    def _receive(self, push: Push, trial: Trial, body: bytes) -> None:
        try:
            clear, nonce = self._corp.envelope.unwrap(body)
        except ReplyDefect as defect:
            self._world.violate("corp-malformed-reply", detail=f"{push.label}: {defect}")
            return
        if nonce not in (None, trial.nonce):
            self._world.violate("corp-reply-nonce", detail=f"{push.label}: not the nonce of the request")
        self._journal(
            push, "callback.reply", attempt=trial.number, body=shorten(clear.decode(errors="replace"))
        )
        if push.on_reply is None:
            self._world.violate("corp-unexpected-reply", detail=push.label)
        elif push.reply is None:
            push.reply = clear
            push.on_reply(clear)

    def _strike(self, push: Push, kinds: frozenset[Kind]) -> dict[Kind, Rule]:
        struck = self._world.faults.strike(Side.CALLBACK, kinds, path=push.label, shopper=push.row)
        for kind in struck:
            self._journal(push, "fault", fault=kind.value, side=Side.CALLBACK.value)
        return struck

    def _stamp(self) -> Stamp:
        nonce = str(secrets.randbelow(9 * 10**8) + 10**8)
        return Stamp(timestamp=int(self._world.clock.epoch()), nonce=nonce)

    def _journal(self, push: Push, kind: str, **data: object) -> None:
        self._world.journal.append(f"corp.{kind}", push.row, push=push.id, what=push.label, **data)


def label_of(fields: Mapping[str, object]) -> str:
    """What faults and the journal call a callback: ``corp:text``, ``corp:event:kf_msg_or_event``."""
    event = fields.get("Event")
    return f"corp:{fields.get('MsgType', '')}" + ("" if event is None else f":{event}")
