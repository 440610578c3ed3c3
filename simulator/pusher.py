"""Delivers callbacks: 5 seconds, three attempts, one shown answer (docs: Passive_user_reply_message)."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from simulator.envelope import Outgoing, ReplyDefect, Stamp
from simulator.faults import ONCE_PER_PUSH, Kind, Rule, Side
from simulator.journal import shorten
from simulator.messages import Inner
from simulator.replies import ACKNOWLEDGEMENTS, Expectation, Reply, read_reply
from simulator.shoppers import Route, Shopper
from simulator.transport import Answered, Outcome, TimedOut, Unreachable, Wire
from simulator.turns import Rows, Turn
from simulator.world import FAILURE_NOTICE, World

PER_ATTEMPT = frozenset({Kind.DROP_REQUEST, Kind.DROP_RESPONSE, Kind.DELAY, Kind.DUPLICATE, Kind.SLOW_BODY})
DUPLICATE_AFTER_GAP = 0.05


@dataclass(slots=True, kw_only=True)
class Push:
    """One callback with all its attempts."""

    id: str
    shopper: Shopper
    inner: Inner
    turn: Turn
    answer: Reply | None = None
    answered: bool = False
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One attempt that was made."""

    number: int
    nonce: str
    outcome: Outcome


class Pusher:
    """Starts a task for each callback; callbacks of different shoppers do not wait for each other."""

    def __init__(self, world: World, wire: Wire) -> None:
        self._world = world
        self._wire = wire
        self._rows = Rows()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """How many callbacks are not over."""
        return len(self._tasks)

    def push(self, shopper: Shopper, inner: Inner) -> str:
        """Begin to deliver a callback; returns its id at once."""
        push = Push(
            id=self._world.next_push_id(), shopper=shopper, inner=inner, turn=self._rows.join(shopper.id)
        )
        self._start(self._deliver(push))
        return push.id

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
        """Ask the bot to prove that the URL is its own: GET with an echo that must come back unchanged."""
        echo = str(secrets.randbelow(9 * 10**18) + 10**18)
        query = self._world.envelope.verification_query(self._stamp(), echo)
        outcome = await self._wire.get(
            self._world.knobs.callback_url, query, patience=self._world.knobs.patience
        )
        good = isinstance(outcome, Answered) and outcome.status == 200 and outcome.body == echo.encode()
        self._world.journal.append("verify", ok=good, **outcome_json(outcome))
        if not good:
            self._world.violate("verify-failed", detail=type(outcome).__name__)
        return {"ok": good, **outcome_json(outcome)}

    def _start(self, work: asyncio._CoroutineLike[None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, push: Push) -> None:
        once = self._strike(push, ONCE_PER_PUSH)
        try:
            await self._rows.wait(push.turn, self._world.knobs.order, patience=self._world.knobs.patience)
            if Kind.REORDER in once:
                patience = once[Kind.REORDER].ms / 1000 * self._world.knobs.timeout_scale
                await self._rows.let_overtake(push.turn, patience=patience)
            await self._attempt_until_received(push)
        finally:
            self._rows.leave(push.shopper.id, push.turn)
        if Kind.DUPLICATE_AFTER in once and push.answered:
            await asyncio.sleep(DUPLICATE_AFTER_GAP * self._world.knobs.timeout_scale)
            self._conclude(push, await self._request(push, {}))

    async def _attempt_until_received(self, push: Push) -> None:
        loop = asyncio.get_running_loop()
        knobs = self._world.knobs
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
        self._fail(push, reason)

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

    async def _request(self, push: Push, faults: dict[Kind, Rule]) -> Trial:
        push.attempts += 1
        attempt, stamp = push.attempts, self._stamp()
        out = self._world.envelope.wrap(push.inner, stamp)
        self._journal_sent(push, attempt, out)
        scale = self._world.knobs.timeout_scale
        slow = faults[Kind.SLOW_BODY].ms / 1000 * scale if Kind.SLOW_BODY in faults else 0.0
        outcome = await self._wire.post(
            self._world.knobs.callback_url,
            out,
            patience=self._world.knobs.patience,
            sent=lambda: self._rows.mark_sent(push.turn),
            slow_seconds=slow,
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
                self._fail(push, f"HTTP {status}")
            case Answered(body=body):
                self._receive(push, trial, body)
        return ""

    def _receive(self, push: Push, trial: Trial, body: bytes) -> None:
        was_answered, push.answered = push.answered, True
        if body in ACKNOWLEDGEMENTS:
            return
        try:
            reply = self._read(push, trial, body)
        except ReplyDefect as defect:
            self._world.violate("malformed-reply", shopper=push.shopper.id, detail=str(defect))
            if not was_answered:
                self._fail(push, defect.code)
            return
        self._journal(
            push, "callback.reply", attempt=trial.number, reply=reply.kind, content=dict(reply.content)
        )
        if push.answer is None:
            push.answer = reply
            self._show(push, trial, reply)
        elif push.answer != reply:
            self._world.violate(
                "different-answers", shopper=push.shopper.id, detail=f"{push.id}: two attempts, two answers"
            )

    def _read(self, push: Push, trial: Trial, body: bytes) -> Reply:
        world = self._world
        clear, nonce = world.envelope.unwrap(body)
        if nonce not in (None, trial.nonce):
            world.violate("reply-nonce", shopper=push.shopper.id, detail="not the nonce of the request")
        expected = Expectation(
            openid=push.inner.from_user,
            original_id=push.inner.to_user,
            answers_event=push.inner.event is not None,
            known_media=lambda media_id: world.media.get(media_id, world.clock.epoch()) is not None,
        )
        return read_reply(clear, world.envelope.body_format, expected)

    def _show(self, push: Push, trial: Trial, reply: Reply) -> None:
        if reply.kind == "transfer_customer_service":
            self._transfer(push, reply)
            return
        self._world.note(
            push.shopper,
            Route.PASSIVE,
            reply.kind,
            reply.content,
            msg_id=push.inner.msg_id,
            attempt=trial.number,
        )

    def _transfer(self, push: Push, reply: Reply) -> None:
        account = reply.content.get("account")
        name = account if isinstance(account, str) else None
        session = self._world.agents.transfer(push.shopper.openid, name, self._world.clock.epoch())
        self._journal(push, "transfer", account=None if session is None else session.account)
        if session is not None:
            self.tell_event(push.shopper, "kf_create_session", KfAccount=session.account)

    def tell_event(self, shopper: Shopper, event: str, **extra: str) -> str:
        """Push an event that the platform itself makes."""
        inner = Inner(
            to_user=self._world.settings.original_id,
            from_user=shopper.openid,
            create_time=int(self._world.clock.epoch()),
            msg_type="event",
            fields=(("Event", event), *extra.items()),
        )
        return self.push(shopper, inner)

    def _fail(self, push: Push, reason: str) -> None:
        self._journal(push, "callback.gave-up", reason=reason)
        if push.inner.shows_failure and push.answer is None:
            self._world.note(
                push.shopper,
                Route.SYSTEM,
                "notice",
                {"text": FAILURE_NOTICE, "reason": reason},
                msg_id=push.inner.msg_id,
            )

    def _strike(self, push: Push, kinds: frozenset[Kind]) -> dict[Kind, Rule]:
        struck = self._world.faults.strike(
            Side.CALLBACK, kinds, path=push.inner.label, shopper=push.shopper.id
        )
        for kind in struck:
            self._journal(push, "fault", fault=kind.value, side=Side.CALLBACK.value)
        return struck

    def _stamp(self) -> Stamp:
        return Stamp(
            timestamp=int(self._world.clock.epoch()), nonce=str(secrets.randbelow(9 * 10**8) + 10**8)
        )

    def _journal(self, push: Push, kind: str, **data: object) -> None:
        self._world.journal.append(
            kind,
            push.shopper.id,
            push=push.id,
            what=push.inner.label,
            msgid=push.inner.msg_id,
            **data,
        )

    def _journal_sent(self, push: Push, attempt: int, out: Outgoing) -> None:
        self._journal(
            push,
            "callback.sent",
            attempt=attempt,
            query=dict(out.query),
            bytes=len(out.body),
            body=shorten(out.clear),
        )


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """What became of a request, for the journal."""
    match outcome:
        case Answered(status=status, body=body, latency_ms=latency):
            text = shorten(body.decode("utf-8", "replace"))
            return {"outcome": "answered", "status": status, "latency_ms": latency, "body": text}
        case TimedOut(latency_ms=latency):
            return {"outcome": "timeout", "latency_ms": latency}
        case Unreachable(reason=reason, latency_ms=latency):
            return {"outcome": "unreachable", "reason": reason, "latency_ms": latency}
