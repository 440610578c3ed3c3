"""Pages from templates: the environment, and the two ways to answer a visit (a page, or go elsewhere)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlencode

import aiohttp_jinja2
import jinja2
from aiohttp import web

from console import masking
from console.permissions import ROLE_DUTIES, ROLE_TITLES, Permission, Role
from console.sessions.store import Flash, SessionStore
from console.web.assets import Assets, icon
from console.web.guard import elsewhere
from console.web.route import Entry, entries_for
from console.web.visit import BASE, CSRF_HEADER, Visit

TEMPLATES = Path(__file__).parent.parent / "templates"
CHINA = timezone(timedelta(hours=8), "UTC+8")
_ON_THE_PHONE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around its own content."""

    shop_name: str
    entries: Sequence[Entry]
    sessions: SessionStore


FRAME = web.AppKey("frame", Frame)


def set_up(app: web.Application, frame: Frame, assets: Assets) -> None:
    """Gives the application its templates and what they may call."""
    app[FRAME] = frame
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )
    environment.globals.update(
        asset=assets.url,
        icon=icon,
        url=url,
        shop_name=frame.shop_name,
        role_titles=ROLE_TITLES,
        role_duties=ROLE_DUTIES,
        all_roles=tuple(Role),
        Permission=Permission,
    )
    environment.filters.update(
        moment=moment,
        mask_name=masking.mask_name,
        mask_phone=masking.mask_phone,
        mask_id=masking.mask_id,
        mask_address=masking.mask_address,
        mask_text=masking.mask_text,
    )


def url(path: str, **query: object) -> str:
    """The address of a path below /console; query values that are None or empty are left out."""
    kept = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return f"{BASE}{path}" + (f"?{urlencode(kept)}" if kept else "")


def moment(ms: int) -> str:
    """A stored time as the shop reads it: 2026-11-22 23:05, Chinese time."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


async def page(visit: Visit, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A whole page. Words for the next page are on it, and said with that."""
    frame = visit.request.config_dict[FRAME]
    groups = {} if visit.found is None else entries_for(frame.entries, visit.account.roles)
    flat = [entry for entries in groups.values() for entry in entries]
    path = visit.request.path.removeprefix(BASE)
    around = {
        "visit": visit,
        "csrf": visit.csrf,
        "hx_headers": json.dumps({CSRF_HEADER: visit.csrf}),
        "groups": groups,
        "on_the_phone": flat[:_ON_THE_PHONE],
        "current": _current(path, flat),
        "flashes": visit.flashes,
    }
    text = aiohttp_jinja2.render_string(template, visit.request, {**around, **values})
    if visit.flashes:
        await frame.sessions.said(visit.session.key)
    return web.Response(text=text, status=status, content_type="text/html")


async def fragment(visit: Visit, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A part of a page, for htmx: the template alone, with ``visit`` and ``csrf``."""
    given = {"visit": visit, "csrf": visit.csrf, **values}
    text = aiohttp_jinja2.render_string(template, visit.request, given)
    return web.Response(text=text, status=status, content_type="text/html")


async def go(visit: Visit, path: str, *, say: str = "", kind: str = "success") -> web.Response:
    """To another page of the console, which begins with what was done."""
    if say and visit.found is not None:
        frame = visit.request.config_dict[FRAME]
        await frame.sessions.say(visit.session.key, Flash(text=say, kind=kind))
    return elsewhere(visit, url(path))


def _current(path: str, entries: Sequence[Entry]) -> str:
    """The path of the entry that the page belongs to: the longest that begins it."""
    fitting = [
        entry.path
        for entry in entries
        if path == entry.path or (entry.path != "/" and path.startswith(f"{entry.path}/"))
    ]
    return max(fitting, key=len, default="")
