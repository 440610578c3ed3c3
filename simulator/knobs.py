"""Changes to a running simulator: timing, retries, tokens, quotas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import cast
from urllib.parse import urlsplit

from simulator.corp import knobs as corp_knobs
from simulator.quota import Act, Allowance
from simulator.requests_in import BadRequest, number
from simulator.world import World

Change = Callable[[World, Mapping[str, object]], None]


def show(world: World) -> dict[str, object]:
    """The present values, in the form in which they can be sent back."""
    policy = asdict(world.tokens.policy)
    allowed = world.tokens.policy.allowed_ips
    policy["allowed_ips"] = None if allowed is None else sorted(allowed)
    corp = {} if world.corp is None else {"corp": asdict(world.corp.knobs)}
    return {
        **corp,
        **asdict(world.knobs),
        "token": policy,
        "limits": dict(world.limits.per_day),
        "allowances": {act.value: asdict(allowance) for act, allowance in world.shoppers.allowances.items()},
    }


def change(world: World, data: Mapping[str, object]) -> None:
    """Apply changes one by one; raises BadRequest at the first that is wrong (those before it hold)."""
    for name in data:
        if name not in _CHANGES:
            raise BadRequest(f"{name}: no such setting; there are {', '.join(sorted(_CHANGES))}")
    for name in data:
        _CHANGES[name](world, data)


def _flag(data: Mapping[str, object], name: str) -> bool:
    value = data[name]
    if isinstance(value, bool):
        return value
    raise BadRequest(f"{name} must be true or false")


def _object(data: Mapping[str, object], name: str) -> dict[str, object]:
    value = data[name]
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise BadRequest(f"{name} must be an object")


def _response_timeout(world: World, data: Mapping[str, object]) -> None:
    world.knobs.response_timeout = number(data, "response_timeout", 0.001, 3600)


def _timeout_scale(world: World, data: Mapping[str, object]) -> None:
    world.knobs.timeout_scale = number(data, "timeout_scale", 0.0001, 100)


def _attempts(world: World, data: Mapping[str, object]) -> None:
    world.knobs.attempts = int(number(data, "attempts", 1, 10))


def _retry_non_200(world: World, data: Mapping[str, object]) -> None:
    world.knobs.retry_non_200 = _flag(data, "retry_non_200")


def _verified(world: World, data: Mapping[str, object]) -> None:
    world.knobs.verified = _flag(data, "verified")


def _order(world: World, data: Mapping[str, object]) -> None:
    if data["order"] not in ("send", "answer", "free"):
        raise BadRequest("order must be send, answer or free")
    world.knobs.order = str(data["order"])


def _callback_url(world: World, data: Mapping[str, object]) -> None:
    url = str(data["callback_url"])
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadRequest("callback_url must be an http:// or https:// address")
    world.knobs.callback_url = url


def _token(world: World, data: Mapping[str, object]) -> None:
    policy, wanted = world.tokens.policy, _object(data, "token")
    for name in wanted:
        if name == "allowed_ips":
            policy.allowed_ips = _addresses(wanted[name])
        elif name in ("force_per_day", "classic_per_day"):
            setattr(policy, name, int(number(wanted, name, 0, 10**9)))
        elif name in ("expires_in", "grace", "force_gap"):
            setattr(policy, name, number(wanted, name, 0, 10**6))
        else:
            raise BadRequest(f"token.{name}: no such setting")


def _addresses(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, list):
        return frozenset(str(item) for item in value)
    raise BadRequest("token.allowed_ips must be a list of addresses or null")


def _limits(world: World, data: Mapping[str, object]) -> None:
    wanted = _object(data, "limits")
    world.limits.per_day = {path: int(number(wanted, path, 0, 10**9)) for path in wanted}


def _allowances(world: World, data: Mapping[str, object]) -> None:
    changed = dict(world.shoppers.allowances)
    wanted = _object(data, "allowances")
    for name in wanted:
        allowance = _object(wanted, name)
        try:
            act = Act(name)
        except ValueError as error:
            raise BadRequest(f"allowances.{name}: no such act") from error
        changed[act] = Allowance(
            messages=int(number(allowance, "messages", 0, 10**6)),
            seconds=number(allowance, "seconds", 0, 10**9),
        )
    world.shoppers.allowances = changed
    for shopper in world.shoppers:
        shopper.quota.allowances = changed


def _corp(world: World, data: Mapping[str, object]) -> None:
    if world.corp is None:
        raise BadRequest("corp: this simulator plays no corp")
    corp_knobs.change(world.corp.knobs, _object(data, "corp"))
    world.corp.apply_knobs()


_CHANGES: Mapping[str, Change] = {
    "response_timeout": _response_timeout,
    "timeout_scale": _timeout_scale,
    "attempts": _attempts,
    "retry_non_200": _retry_non_200,
    "verified": _verified,
    "order": _order,
    "callback_url": _callback_url,
    "token": _token,
    "limits": _limits,
    "allowances": _allowances,
    "corp": _corp,
}
