"""Everything that is fixed when the simulator starts: from a file, the environment and the command line."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from simulator.corp.settings import CorpSettings, read_corp
from simulator.crypto import decode_aes_key
from simulator.envelope import BodyFormat, Mode
from simulator.setting_fields import BadSettings, choice, number, seconds, switch

ENV_PREFIX = "SIMULATOR_"

__all__ = ["ENV_PREFIX", "BadSettings", "Settings", "is_loopback", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One account on one simulated platform; times in seconds."""

    app_id: str
    original_id: str
    callback_url: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False, default="")
    host: str = "127.0.0.1"
    port: int = 9300
    mode: Mode = Mode.SECURE
    format: BodyFormat = BodyFormat.XML
    clock_offset_file: Path | None = None
    seed: int = 0
    response_timeout: float = 5.0
    attempts: int = 3
    retry_non_200: bool = True
    timeout_scale: float = 1.0
    order: str = "send"
    account_name: str = "小二优选"
    verified: bool = True
    log_entries: int = 20_000
    max_shoppers: int = 200_000
    lines_kept: int = 400
    corp: CorpSettings | None = None
    """The WeCom corp that is played beside the account; None plays none."""


_REQUIRED = ("app_id", "app_secret", "original_id", "token", "callback_url")


def load(path: Path | None, environment: Mapping[str, str], arguments: Mapping[str, object]) -> Settings:
    """Settings where arguments win over the environment, and the environment over the file."""
    known = {item.name for item in fields(Settings)} - {"corp"}
    values: dict[str, object] = {} if path is None else dict(_read_file(path))
    corp = values.pop("corp", None)
    unknown = sorted(set(values) - known)
    if unknown:
        raise BadSettings(f"{unknown[0]}: no such setting")
    for name in known:
        if environment.get(ENV_PREFIX + name.upper()):
            values[name] = environment[ENV_PREFIX + name.upper()]
    values |= {name: value for name, value in arguments.items() if value is not None and name in known}
    return _build(values, read_corp(corp, environment, arguments))


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadSettings(f"{path}: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BadSettings(f"{path}: must hold one mapping of settings")
    return {str(key): value for key, value in data.items()}


def _build(values: Mapping[str, object], corp: CorpSettings | None) -> Settings:
    for name in _REQUIRED:
        if not values.get(name):
            raise BadSettings(
                f"{name}: missing; give --{name.replace('_', '-')} or {ENV_PREFIX}{name.upper()}"
            )
    text = {name: str(value) for name, value in values.items()}
    settings = Settings(
        app_id=text["app_id"],
        app_secret=text["app_secret"],
        original_id=text["original_id"],
        token=text["token"],
        callback_url=text["callback_url"],
        aes_key=text.get("aes_key", ""),
        host=text.get("host", "127.0.0.1"),
        port=number(text, "port", 9300, 0, 65_535),
        mode=Mode(choice(text, "mode", "secure", [mode.value for mode in Mode])),
        format=BodyFormat(choice(text, "format", "xml", [item.value for item in BodyFormat])),
        clock_offset_file=Path(text["clock_offset_file"]) if text.get("clock_offset_file") else None,
        seed=number(text, "seed", 0, 0, 2**63),
        response_timeout=seconds(text, "response_timeout", 5.0),
        attempts=number(text, "attempts", 3, 1, 10),
        retry_non_200=switch(text, "retry_non_200", default=True),
        timeout_scale=seconds(text, "timeout_scale", 1.0),
        order=choice(text, "order", "send", ["send", "answer", "free"]),
        account_name=text.get("account_name", "小二优选"),
        verified=switch(text, "verified", default=True),
        log_entries=number(text, "log_entries", 20_000, 100, 1_000_000),
        max_shoppers=number(text, "max_shoppers", 200_000, 1, 5_000_000),
        lines_kept=number(text, "lines_kept", 400, 10, 100_000),
        corp=corp,
    )
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if settings.mode is not Mode.PLAIN:
        try:
            decode_aes_key(settings.aes_key)
        except ValueError as error:
            raise BadSettings(f"aes_key: {error}; give --aes-key or {ENV_PREFIX}AES_KEY") from error
    if not is_loopback(settings.host):
        raise BadSettings("host: the simulator has no passwords and listens on loopback only; use 127.0.0.1")
    url = urlsplit(settings.callback_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise BadSettings("callback_url: must be an http:// or https:// address")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
