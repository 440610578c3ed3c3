"""The pages for what went wrong, in words for people; what exactly is in the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp_jinja2
import structlog
from aiohttp import web

from console.accounts.passwords import TooBusy
from console.web.guard import Forged, NoCookie

log = structlog.get_logger()

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    title: str
    text: str
    icon: str


NOT_ALLOWED = Words(
    title="这里需要另外的权限",
    text="您的角色还不能打开这一页。需要的话，请店里的管理员帮您加上。",
    icon="lock",
)
FORGED = Words(
    title="页面放得太久了",
    text="为了安全，这次操作没有执行。回到上一页刷新一下，再做一次就好。",
    icon="refresh",
)
NO_COOKIE = Words(
    title="浏览器没有带上登录凭据",
    text="请允许本站的 Cookie，并确认网址是管理员给您的那一个（通常以 https:// 开头），再试一次。",
    icon="cookie",
)
NOT_FOUND = Words(
    title="这一页不在货架上", text="网址可能写错了，或者内容已经撤下。从首页找找看吧。", icon="map-search"
)
TOO_LARGE = Words(title="内容太大了", text="请分成小一些的几份再传。", icon="package")
TOO_BUSY = Words(title="现在有点挤", text="正在登录的人太多，请等几秒再试。", icon="clock")
BROKEN = Words(
    title="后台打了个盹", text="不是您的操作有误，我们已经记下这个问题。稍等一会儿再试。", icon="coffee"
)
OTHER = Words(title="这个请求没看懂", text="请回到上一页再试一次。", icon="help-circle")
_BY_STATUS = {403: NOT_ALLOWED, 404: NOT_FOUND, 405: NOT_FOUND, 413: TOO_LARGE}


@web.middleware
async def errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer(request, error.status, _words(error))
    except TooBusy:
        return _answer(request, 503, TOO_BUSY)
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:
        log.exception("console.failed", path=request.path, error=type(error).__name__)
        return _answer(request, 500, BROKEN)


def _words(error: web.HTTPException) -> Words:
    if isinstance(error, NoCookie):
        return NO_COOKIE
    return FORGED if isinstance(error, Forged) else _BY_STATUS.get(error.status, OTHER)


def _answer(request: web.Request, status: int, words: Words) -> web.Response:
    """A page; for htmx one sentence, which ``console.js`` shows. It asks no database: that may be what is away."""
    if request.headers.get("HX-Request") == "true":
        return web.Response(status=status, text=f"{words.title}：{words.text}")
    text = aiohttp_jinja2.render_string("error.html", request, {"words": words, "status": status})
    return web.Response(status=status, text=text, content_type="text/html")
