"""公众号: what did not come from the platform is refused and not answered (docs: push/encryption)."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from simulator.conformance.check import Check, Inapplicable, demand
from simulator.conformance.hostile import EXPANSION, OUTSIDE, OVERSIZED_BYTES
from simulator.conformance.stage import Stage
from simulator.crypto import sign
from simulator.envelope import BodyFormat, Envelope, Mode, Outgoing, Stamp
from simulator.markup import cdata
from simulator.shoppers import Shopper
from simulator.transport import Answered

_CHAPTER = "公众号 · forged and broken requests"
_HOUR = 3600

Forge = Callable[[Stage, Shopper], Outgoing]


def _genuine(stage: Stage, shopper: Shopper, *, envelope: Envelope | None = None, age: int = 0) -> Outgoing:
    stamp = Stamp(timestamp=int(stage.world.clock.epoch()) - age, nonce=secrets.token_hex(8))
    return (envelope or stage.world.envelope).wrap(stage.text_from(shopper, stage.question), stamp)


def _wrong_signature(stage: Stage, shopper: Shopper) -> Outgoing:
    out = _genuine(stage, shopper)
    wrong = {name: "0" * 40 for name in ("signature", "msg_signature") if name in out.query}
    return replace(out, query={**out.query, **wrong})


def _no_signature(stage: Stage, shopper: Shopper) -> Outgoing:
    out = _genuine(stage, shopper)
    return replace(out, query={"openid": shopper.openid})


def _wrong_receiver(stage: Stage, shopper: Shopper) -> Outgoing:
    cipher = stage.world.envelope.cipher
    if cipher is None or stage.world.envelope.mode is Mode.PLAIN:
        raise Inapplicable("messages are not sealed in plain mode")
    other = replace(stage.world.envelope, cipher=replace(cipher, receive_id="wx00000000somebody"))
    return _genuine(stage, shopper, envelope=other)


def _stale(stage: Stage, shopper: Shopper) -> Outgoing:
    return _genuine(stage, shopper, age=_HOUR)


def _signed(stage: Stage, sealed: str, body: bytes) -> Outgoing:
    """A body under a signature that fits the sealed text."""
    world = stage.world
    stamp = Stamp(timestamp=int(world.clock.epoch()), nonce=secrets.token_hex(8))
    query = {**world.envelope.verification_query(stamp, ""), "encrypt_type": "aes"}
    del query["echostr"]
    query["msg_signature"] = sign(world.settings.token, str(stamp.timestamp), stamp.nonce, sealed)
    is_xml = world.envelope.body_format is BodyFormat.XML
    content_type = "text/xml" if is_xml else "application/json"
    return Outgoing(query=query, body=body, content_type=content_type, clear="")


def _broken_markup(stage: Stage, _: Shopper) -> Outgoing:
    return _signed(stage, "", b"<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt>")


def _empty(stage: Stage, _: Shopper) -> Outgoing:
    return _signed(stage, "", b"")


def _oversized(stage: Stage, shopper: Shopper) -> Outgoing:
    padding = b"<!--" + b"x" * OVERSIZED_BYTES + b"-->"
    out = _genuine(stage, shopper)
    return replace(out, body=out.body.replace(b"</xml>", padding + b"</xml>"))


def _expansion(stage: Stage, _: Shopper) -> Outgoing:
    return _signed(stage, "&h;", EXPANSION)


def _outside(stage: Stage, _: Shopper) -> Outgoing:
    return _signed(stage, "", OUTSIDE)


def _sealed_expansion(stage: Stage, shopper: Shopper) -> Outgoing:
    inner = replace(stage.text_from(shopper, "x"), raw=EXPANSION.decode())
    stamp = Stamp(timestamp=int(stage.world.clock.epoch()), nonce=secrets.token_hex(8))
    return stage.world.envelope.wrap(inner, stamp)


def _garbage(stage: Stage, _: Shopper) -> Outgoing:
    if stage.world.envelope.mode is Mode.PLAIN:
        raise Inapplicable("messages are not sealed in plain mode")
    sealed = "QUJD" * 40
    body = f"<xml><ToUserName>{cdata('x')}</ToUserName><Encrypt>{cdata(sealed)}</Encrypt></xml>"
    return _signed(stage, sealed, body.encode())


def _refused(forge: Forge, *, alive: bool = False) -> Callable[[Stage], Awaitable[None]]:
    async def run(stage: Stage) -> None:
        shopper = stage.shopper()
        out = forge(stage, shopper)
        outcome = await stage.post(out)
        if isinstance(outcome, Answered):
            demand(outcome.status < 500, f"HTTP {outcome.status}: an error of the server, not a refusal")
            reply = b"MsgType" in outcome.body or b"Encrypt" in outcome.body
            demand(not reply, f"it was answered: {outcome.body[:120]!r}")
        heard = await stage.silence(shopper)
        demand(not heard, "the shopper heard an answer to it")
        if alive:
            stage.need_answers()
            stage.ask(shopper)
            demand(await stage.answered(shopper), "after it, a genuine question is no longer answered")

    return run


def _check(name: str, what: str, forge: Forge, *, alive: bool = False) -> Check[Stage]:
    run = _refused(forge, alive=alive)
    return Check(id=f"official.refuse.{name}", chapter=_CHAPTER, what=what, run=run)


CHECKS = (
    _check("signature", "a message under a wrong signature is refused", _wrong_signature),
    _check("unsigned", "a message without a signature is refused", _no_signature),
    _check("receiver", "a message sealed for another account is refused", _wrong_receiver),
    _check("stale", "a message signed an hour ago (a replay) is refused", _stale),
    _check("oversized", "a body of 16 MB is refused", _oversized, alive=True),
    _check("markup", "a body that is not well-formed is refused", _broken_markup, alive=True),
    _check("empty", "an empty body is refused", _empty),
    _check("garbage", "a correctly signed text that cannot be decrypted is refused", _garbage, alive=True),
    _check("expansion", "nested entities are refused, not expanded", _expansion, alive=True),
    _check("outside", "an external entity is refused, not fetched", _outside, alive=True),
    _check("inner", "nested entities inside the sealed message are refused", _sealed_expansion, alive=True),
)
