"""企业微信: verification of the URL and what did not come from the platform (WeCom 90930, 91144)."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from simulator.conformance.check import Check, demand
from simulator.conformance.corp_stage import CorpStage
from simulator.conformance.hostile import EXPANSION, OUTSIDE, OVERSIZED_BYTES
from simulator.conformance.official_verification import no_echo, same_echo
from simulator.corp.envelope import to_xml
from simulator.crypto import sign
from simulator.envelope import Outgoing
from simulator.markup import cdata
from simulator.transport import Answered

_VERIFY = "企业微信 · URL verification"
_REFUSE = "企业微信 · forged and broken requests"
_SOMEBODY = "ww00000000somebody"

Forge = Callable[[CorpStage], Outgoing]


def _echo() -> str:
    return str(secrets.randbelow(9 * 10**18) + 10**18)


async def _exact(stage: CorpStage) -> None:
    echo = _echo()
    query = stage.corp.envelope.verification_query(stage.stamp(), echo)
    same_echo(await stage.corp.wire.get(stage.corp.knobs.callback_url, query, patience=5.0), echo)


async def _wrong_signature(stage: CorpStage) -> None:
    echo = _echo()
    query = {**stage.corp.envelope.verification_query(stage.stamp(), echo), "msg_signature": "0" * 40}
    no_echo(await stage.corp.wire.get(stage.corp.knobs.callback_url, query, patience=5.0), echo)


async def _other_corp(stage: CorpStage) -> None:
    echo, envelope = _echo(), stage.corp.envelope
    other = replace(envelope, cipher=replace(envelope.cipher, receive_id=_SOMEBODY))
    query = other.verification_query(stage.stamp(), echo)
    no_echo(await stage.corp.wire.get(stage.corp.knobs.callback_url, query, patience=5.0), echo)


async def _missing(stage: CorpStage) -> None:
    for query in ({}, {"echostr": _echo()}):
        outcome = await stage.corp.wire.get(stage.corp.knobs.callback_url, dict(query), patience=5.0)
        no_echo(outcome, query.get("echostr", "0" * 20))


def _text(stage: CorpStage) -> Mapping[str, object]:
    return {
        "ToUserName": stage.corp.settings.corp_id,
        "FromUserName": "zhangsan",
        "CreateTime": int(stage.corp.now),
        "MsgType": "text",
        "Content": stage.question,
        "MsgId": int(stage.world.next_msg_id()),
        "AgentID": stage.corp.settings.agent_id,
    }


def _forged(stage: CorpStage) -> Outgoing:
    out = stage.corp.envelope.wrap(to_xml(_text(stage)), stage.stamp())
    return replace(out, query={**out.query, "msg_signature": "0" * 40})


def _unsigned(stage: CorpStage) -> Outgoing:
    return replace(stage.corp.envelope.wrap(to_xml(_text(stage)), stage.stamp()), query={})


def _receiver(stage: CorpStage) -> Outgoing:
    envelope = stage.corp.envelope
    other = replace(envelope, cipher=replace(envelope.cipher, receive_id=_SOMEBODY))
    return other.wrap(to_xml(_text(stage)), stage.stamp())


def _stale(stage: CorpStage) -> Outgoing:
    return stage.corp.envelope.wrap(to_xml(_text(stage)), stage.stamp(age=3600))


def _signed(stage: CorpStage, sealed: str, body: bytes) -> Outgoing:
    stamp = stage.stamp()
    timestamp = str(stamp.timestamp)
    query = {
        "msg_signature": sign(stage.corp.settings.token, timestamp, stamp.nonce, sealed),
        "timestamp": timestamp,
        "nonce": stamp.nonce,
    }
    return Outgoing(query=query, body=body, content_type="text/xml", clear="")


def _oversized(stage: CorpStage) -> Outgoing:
    out = stage.corp.envelope.wrap(to_xml(_text(stage)), stage.stamp())
    padding = b"<!--" + b"x" * OVERSIZED_BYTES + b"-->"
    return replace(out, body=out.body.replace(b"</xml>", padding + b"</xml>"))


def _garbage(stage: CorpStage) -> Outgoing:
    sealed = "QUJD" * 40
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{cdata(sealed)}</Encrypt></xml>"
    return _signed(stage, sealed, body.encode())


def _refused(forge: Forge) -> Callable[[CorpStage], Awaitable[None]]:
    async def run(stage: CorpStage) -> None:
        outcome = await stage.post(forge(stage))
        if isinstance(outcome, Answered):
            shown = f"HTTP {outcome.status}"
            demand(outcome.status < 500, f"{shown}: an error of the server, not a refusal")
            demand(outcome.status >= 400, f"{shown}: it was taken for genuine")

    return run


def _check(name: str, what: str, forge: Forge) -> Check[CorpStage]:
    return Check(id=f"corp.refuse.{name}", chapter=_REFUSE, what=what, run=_refused(forge))


CHECKS: tuple[Check[CorpStage], ...] = (
    Check(
        id="corp.verify.echo",
        chapter=_VERIFY,
        what="the sealed echo comes back clear within 1 s, without BOM, quotes or newline",
        run=_exact,
    ),
    Check(
        id="corp.verify.signature",
        chapter=_VERIFY,
        what="a GET with a wrong signature is refused",
        run=_wrong_signature,
    ),
    Check(
        id="corp.verify.receiver",
        chapter=_VERIFY,
        what="an echo sealed for another corp is refused",
        run=_other_corp,
    ),
    Check(
        id="corp.verify.missing", chapter=_VERIFY, what="a GET without a signature is refused", run=_missing
    ),
    _check("signature", "a callback under a wrong signature is refused", _forged),
    _check("unsigned", "a callback without a signature is refused", _unsigned),
    _check("receiver", "a callback sealed for another corp is refused", _receiver),
    _check("stale", "a callback signed an hour ago (a replay) is refused", _stale),
    _check("oversized", "a body of 16 MB is refused", _oversized),
    _check(
        "markup", "a body that is not well-formed is refused", lambda stage: _signed(stage, "", b"<xml><Encr")
    ),
    _check("empty", "an empty body is refused", lambda stage: _signed(stage, "", b"")),
    _check("garbage", "a correctly signed text that cannot be decrypted is refused", _garbage),
    _check(
        "expansion",
        "nested entities are refused, not expanded",
        lambda stage: _signed(stage, "&h;", EXPANSION),
    ),
    _check(
        "outside", "an external entity is refused, not fetched", lambda stage: _signed(stage, "", OUTSIDE)
    ),
    _check(
        "inner",
        "nested entities inside the sealed callback are refused",
        lambda stage: stage.corp.envelope.wrap(EXPANSION.decode(), stage.stamp()),
    ),
)
