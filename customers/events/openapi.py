"""The description of ``POST /api/v1/events`` in OpenAPI 3.1, made of the models that check events."""

from __future__ import annotations

from typing import Any

from customers.events.signature import SIGNATURE_HEADER, SOURCE_HEADER, TIME_HEADER
from customers.events.wire import EventIn

PATH = "/api/v1/events"
_SCHEMAS = "#/components/schemas/"


def openapi(*, public_url: str, max_batch: int) -> dict[str, Any]:
    """``public_url``: how the world reaches the bot."""
    event = EventIn.model_json_schema(ref_template=_SCHEMAS + "{model}")
    parts = event.pop("$defs")
    problem = _object(field=_TEXT, problem=_TEXT, cure=_TEXT)
    refusal = _object(index={"type": "integer"}, id=_TEXT, field=_TEXT, problem=_TEXT, cure=_TEXT)
    batch = _object(events={"type": "array", "items": _schema("Event"), "minItems": 1, "maxItems": max_batch})
    taken = _object(
        taken={"type": "integer", "description": "events that were new"},
        known={"type": "integer", "description": "events that had been told before: they change nothing"},
        nobody={"type": "integer", "description": "events of a phone number, where the shop keeps none"},
        refused={"type": "array", "items": _schema("Refusal")},
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xiaoer",
            "version": "1",
            "description": "What happened between customers and the shop.",
        },
        "servers": [{"url": public_url}],
        "paths": {PATH: {"post": _operation()}},
        "components": {
            "schemas": {
                **parts,
                "Event": event,
                "Batch": batch,
                "Taken": taken,
                "Refusal": refusal,
                "Problem": _object(error=problem),
            }
        },
    }


_TEXT = {"type": "string"}


def _operation() -> dict[str, Any]:
    answers = {
        "200": ("Every event was taken, known, or refused by itself", "Taken"),
        "400": ("The body is not what it should be; nothing was taken", "Problem"),
        "401": ("The signature does not fit; nothing was taken", "Problem"),
        "413": ("The body is too large; nothing was taken", "Problem"),
        "503": ("Not now; send the same again, nothing is taken twice", "Problem"),
    }
    return {
        "summary": "Tell events",
        "operationId": "tellEvents",
        "parameters": [
            _header(SOURCE_HEADER, "which of the shop's systems this is"),
            _header(TIME_HEADER, "seconds since 1970 at which the request was signed"),
            _header(
                SIGNATURE_HEADER,
                "v1= and the hexadecimal HMAC-SHA256, by the source's secret, of source.time.body",
            ),
        ],
        "requestBody": {"required": True, "content": _json("Batch")},
        "responses": {
            status: {"description": description, "content": _json(name)}
            for status, (description, name) in answers.items()
        },
    }


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": _TEXT, "description": description}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _schema(name)}}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": _SCHEMAS + name}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
