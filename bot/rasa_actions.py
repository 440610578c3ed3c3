"""``/rasa/actions``: Rasa's custom actions, served on loopback. They change nothing; they say what a turn will commit.

The body is what Rasa 3.6 sends to an action server (rasa.com/docs, "Custom action server"): ``{next_action, sender_id,
tracker, domain, version}``; the answer ``{events, responses}``.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from conversations.clock import Clock
from conversations.guidance import Guidance
from handlers.guided.forms import CONFIRMED, FORMS, SLOTS, Form, missing
from handlers.guided.heard import WRONG, Heard, Validated, Who
from handlers.guided.service import CANCELLED, GuidedService

log = structlog.get_logger()

PATH = "/rasa/actions"
SECRET_HEADER = "X-Xiaoer-Secret"  # noqa: S105 - a header's name
MOST_BYTES = 8_000_000
"""Rasa sends the whole domain and tracker with every call."""

HEARD = "heard"
"""A slot filled by every message, with its key: a form that fills nothing rejects the message."""

SURE = 0.85
"""Confidence from which Rasa's own reading of a message counts: a yes hands in, and gibberish may look like one."""

_KEPT = frozenset({*SLOTS, WRONG})


class UnknownAction(Exception):
    """An action that no form of ours has."""


class RasaActions:
    """``secret`` is shared with Rasa, which sends it in a header."""

    def __init__(self, guided: GuidedService, clock: Clock, *, secret: str) -> None:
        self._guided = guided
        self._clock = clock
        self._secret = secret.encode()

    async def handle(self, request: web.Request) -> web.Response:
        """400 for a body that is no action call, or an action we do not have; 403 for anybody but our own Rasa."""
        if not _is_loopback(request.remote) or not self._knows_secret(request):
            return web.json_response({"error": "not for you"}, status=403)
        try:
            call: Mapping[str, Any] = json.loads(await _whole(request))
            return web.json_response(await self.run(str(call["next_action"]), call["tracker"]))
        except UnknownAction as error:
            said = {"error": f"there is no action {error.args[0]!r}", "action_name": error.args[0]}
            return web.json_response(said, status=400)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("rasa.action_not_understood", error=type(error).__name__)
            return web.json_response({"error": "not an action call"}, status=400)

    async def run(self, name: str, tracker: Mapping[str, Any]) -> dict[str, Any]:
        """The events and responses of an action. Raises UnknownAction, and KeyError for a message that is not ours."""
        conversation_id = str(tracker["latest_message"]["metadata"]["who"])
        who = Who(conversation_id=conversation_id, now=self._clock.now())
        collected = _collected(tracker)
        for form in FORMS.values():
            if name == f"validate_{form.name}":
                return await self._validate(form, tracker, collected, who)
            if name == f"action_submit_{form.name}":
                return await self._submit(form, collected, who)
            asking = f"action_ask_{form.name}_"
            if name.startswith(asking):
                return _answer(await self._guided.ask(form, name.removeprefix(asking), collected, who))
        raise UnknownAction(name)

    async def _validate(
        self, form: Form, tracker: Mapping[str, Any], collected: dict[str, str], who: Who
    ) -> dict[str, Any]:
        latest = tracker["latest_message"]
        asked = tracker["slots"].get("requested_slot")
        key = str((latest.get("metadata") or {}).get("key", ""))
        if asked is not None and key and tracker["slots"].get(HEARD) == key:
            return _heard_before(asked, key)
        validated = await self._guided.heard(form, asked, _heard(latest), collected, who)
        slots = _slots(validated)
        for slot, value in slots.items():
            collected.pop(slot, None) if value is None else collected.__setitem__(slot, value)
        left = missing(form, collected)
        following = None if validated.cancelled or not left else validated.ask or left[0]
        events = [
            _slot(name, value) for name, value in {**slots, HEARD: key, "requested_slot": following}.items()
        ]
        return (
            _answer(Guidance(says=validated.says), events)
            if validated.says
            else {"events": events, "responses": []}
        )

    async def _submit(self, form: Form, collected: Mapping[str, str], who: Who) -> dict[str, Any]:
        """Rasa comes here too when an action of the form has failed; nothing has ended then, and nothing is said."""
        if collected.get(CONFIRMED) != CANCELLED and missing(form, collected):
            return {"events": [], "responses": []}
        return _answer(await self._guided.submit(form, collected, who))

    def _knows_secret(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret)


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False


async def _whole(request: web.Request) -> bytes:
    """The body. Larger ones than the web app takes elsewhere: only our own Rasa gets here."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError("the body is too large")
    return bytes(body)


def _collected(tracker: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value) for name, value in tracker["slots"].items() if name in _KEPT and value is not None
    }


def _heard(latest: Mapping[str, Any]) -> Heard:
    """The message. One that begins a guided conversation came as an intent, with the customer's words beside it."""
    intent = latest.get("intent") or {}
    words = (latest.get("metadata") or {}).get("text")
    believed = words is None and (intent.get("confidence") or 0.0) >= SURE
    entities = {str(each["entity"]): str(each["value"]) for each in latest.get("entities") or ()}
    return Heard(
        text=str(latest.get("text") or "") if words is None else str(words),
        intent=str(intent.get("name") or "") if believed else "",
        entities=entities,
    )


def _heard_before(asked: str, key: str) -> dict[str, Any]:
    """The message came twice: nothing changes, and what was asked is asked again."""
    return {"events": [_slot(HEARD, key), _slot("requested_slot", asked)], "responses": []}


def _slots(validated: Validated) -> dict[str, str | None]:
    return {**validated.slots, CONFIRMED: CANCELLED} if validated.cancelled else dict(validated.slots)


def _slot(name: str, value: str | None) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def _answer(guidance: Guidance, events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"events": events or [], "responses": [{"custom": guidance.to_stored()}]}
