"""Everything about the corp that is fixed when the simulator starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

from simulator.crypto import decode_aes_key
from simulator.setting_fields import BadSettings, names, number, switch

ENV_PREFIX = "SIMULATOR_CORP_"
_LISTS = ("kefu_accounts", "servicers", "members", "trusted_ips", "robot_keys")
_REQUIRED = ("secret", "token", "aes_key", "callback_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpSettings:
    """One WeCom corp with one self-built app; lists are tuples of names.

    ``kefu_accounts`` and ``members`` hold ``id`` or ``id:name``; ``trusted_ips`` empty allows every caller.
    """

    corp_id: str
    agent_id: int = 1_000_002
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    callback_url: str
    port: int = 0
    kefu_accounts: tuple[str, ...] = ("wkAJ2GCAAAshop0000000000000001:小店客服",)
    servicers: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    trusted_ips: tuple[str, ...] = ()
    native_reception: bool = False
    aibot_id: str = ""
    aibot_secret: str = field(repr=False, default="")
    aibot_token: str = field(repr=False, default="")
    aibot_aes_key: str = field(repr=False, default="")
    aibot_callback_url: str = ""
    robot_keys: tuple[str, ...] = field(repr=False, default=())


def option_of(name: str) -> str:
    """The name of a setting as an option and in the environment has ``corp`` once: ``corp_id``, ``corp_port``."""
    return name if name.startswith("corp_") else f"corp_{name}"


def read_corp(
    data: object, environment: Mapping[str, str], arguments: Mapping[str, object]
) -> CorpSettings | None:
    """The corp's settings from the file's ``corp`` mapping, the environment and the options (these win).

    None when no corp id is given anywhere. Raises BadSettings.
    """
    if data is not None and not isinstance(data, dict):
        raise BadSettings("corp: must hold a mapping of settings")
    values: dict[str, object] = {str(key): value for key, value in (data or {}).items()}
    known = {item.name for item in fields(CorpSettings)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise BadSettings(f"corp.{unknown[0]}: no such setting")
    for name in known:
        option = option_of(name)
        if environment.get("SIMULATOR_" + option.upper()):
            values[name] = environment["SIMULATOR_" + option.upper()]
        if arguments.get(option) is not None:
            values[name] = arguments[option]
    return _build(values) if values.get("corp_id") else None


def _build(values: Mapping[str, object]) -> CorpSettings:
    for name in _REQUIRED:
        if not values.get(name):
            raise BadSettings(f"corp.{name}: missing; give --corp-{name.replace('_', '-')}")
    text = {name: str(value) for name, value in values.items()}
    lists = {name: names(values[name]) for name in _LISTS if name in values}
    settings = CorpSettings(
        corp_id=text["corp_id"],
        agent_id=number(text, "agent_id", 1_000_002, 1, 2**31),
        secret=text["secret"],
        token=text["token"],
        aes_key=text["aes_key"],
        callback_url=text["callback_url"],
        port=number(text, "port", 0, 0, 65_535),
        native_reception=switch(text, "native_reception", default=False),
        aibot_id=text.get("aibot_id", ""),
        aibot_secret=text.get("aibot_secret", ""),
        aibot_token=text.get("aibot_token", ""),
        aibot_aes_key=text.get("aibot_aes_key", ""),
        aibot_callback_url=text.get("aibot_callback_url", ""),
        **lists,
    )
    _check(settings)
    return settings


def _check(settings: CorpSettings) -> None:
    for name in ("aes_key", "aibot_aes_key"):
        key = getattr(settings, name)
        try:
            if key or name == "aes_key":
                decode_aes_key(key)
        except ValueError as error:
            raise BadSettings(f"corp.{name}: {error}") from error
    for name in ("callback_url", "aibot_callback_url"):
        url = urlsplit(getattr(settings, name))
        if getattr(settings, name) and (url.scheme not in ("http", "https") or not url.hostname):
            raise BadSettings(f"corp.{name}: must be an http:// or https:// address")
