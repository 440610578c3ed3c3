"""公众号: the platform proves itself, the bot proves itself (docs: push/encryption)."""

from __future__ import annotations

import secrets

from simulator.conformance.check import Check, demand
from simulator.conformance.stage import Stage
from simulator.crypto import sign
from simulator.envelope import Stamp
from simulator.transport import Answered, Outcome

_CHAPTER = "公众号 · URL verification"
_SECONDS = 1.0


def _echo() -> str:
    return str(secrets.randbelow(9 * 10**18) + 10**18)


async def _get(stage: Stage, query: dict[str, str]) -> Outcome:
    return await stage.wire.get(stage.world.knobs.callback_url, query, patience=5.0)


def _stamp(stage: Stage) -> Stamp:
    return Stamp(timestamp=int(stage.world.clock.epoch()), nonce=secrets.token_hex(8))


def same_echo(outcome: Outcome, echo: str) -> None:
    """The answer to a GET is the echo, all of it and nothing else, within a second."""
    demand(isinstance(outcome, Answered), f"no answer: {outcome}")
    assert isinstance(outcome, Answered)
    demand(outcome.status == 200, f"HTTP {outcome.status}")
    shown = outcome.body[:80]
    demand(not outcome.body.startswith(b"\xef\xbb\xbf"), f"a byte order mark before the echo: {shown!r}")
    demand(outcome.body == echo.encode(), f"the body is {shown!r}, not the echo {echo!r} and nothing else")
    demand(outcome.latency_ms <= _SECONDS * 1000, f"took {outcome.latency_ms:.0f} ms")


def no_echo(outcome: Outcome, echo: str) -> None:
    """A GET that proves nothing is refused: no echo, and no error of the server."""
    if isinstance(outcome, Answered):
        demand(echo.encode() not in outcome.body, "the echo came back")
        demand(outcome.status < 500, f"HTTP {outcome.status} instead of a refusal")


async def _exact(stage: Stage) -> None:
    echo = _echo()
    same_echo(await _get(stage, stage.world.envelope.verification_query(_stamp(stage), echo)), echo)


async def _wrong_signature(stage: Stage) -> None:
    echo, stamp = _echo(), _stamp(stage)
    query = stage.world.envelope.verification_query(stamp, echo)
    query["signature"] = sign("another token", str(stamp.timestamp), stamp.nonce)
    no_echo(await _get(stage, query), echo)


async def _missing(stage: Stage) -> None:
    echo = _echo()
    no_echo(await _get(stage, {"echostr": echo}), echo)
    no_echo(await _get(stage, {}), echo)


CHECKS = (
    Check(
        id="official.verify.echo",
        chapter=_CHAPTER,
        what="the echo comes back within 1 s, without BOM, quotes or newline",
        run=_exact,
    ),
    Check(
        id="official.verify.signature",
        chapter=_CHAPTER,
        what="a GET with a wrong signature is refused",
        run=_wrong_signature,
    ),
    Check(
        id="official.verify.missing",
        chapter=_CHAPTER,
        what="a GET without a signature is refused",
        run=_missing,
    ),
)
