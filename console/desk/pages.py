"""The desk, put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from console.audit.log import AuditLog
from console.desk.acting import Acting
from console.desk.desk import AgentsDesk
from console.desk.files import FilesScreen
from console.desk.live import Live
from console.desk.screen import DeskScreen
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

ROOT = "/desk"
_ONE = r"/{conversation:[a-z]+:[^/]+}"
_HERE = Path(__file__).parent


def desk_pages(desk: AgentsDesk, live: Live, audit: AuditLog, *, place: Callable[[str], Path]) -> Pages:
    """``live`` is watched by whoever serves the console. ``place``: where a customer's file lies, by its name."""
    screen = DeskScreen(desk, Acting(desk, audit), live)
    files = FilesScreen(desk, place)
    answer, supervise = Permission.DESK_ANSWER, Permission.DESK_SUPERVISE

    def route(method: str, path: str, handler: Handler, access: Permission = answer) -> Route:
        return Route(method=method, path=ROOT + path, handler=handler, access=access)

    return Pages(
        routes=(
            route("GET", "", screen.show),
            route("GET", "/live", screen.live),
            route("GET", "/lists", screen.lists),
            route("GET", "/search", screen.search),
            route("POST", "/search", screen.search),
            route("POST", "/receiving", screen.receive),
            route("GET", _ONE, screen.conversation),
            route("GET", f"{_ONE}/lines", screen.lines),
            route("GET", f"{_ONE}/files/{{file:[0-9]{{1,18}}}}", files.show),
            route("GET", f"{_ONE}/suggestions", screen.suggestions),
            route("POST", f"{_ONE}/here", screen.here),
            route("POST", f"{_ONE}/claim", screen.claim),
            route("POST", f"{_ONE}/say", screen.say),
            route("POST", f"{_ONE}/hand-on", screen.hand_on),
            route("POST", f"{_ONE}/give-back", screen.give_back),
            route("POST", f"{_ONE}/end", screen.end),
            route("POST", f"{_ONE}/snooze", screen.snooze),
            route("POST", f"{_ONE}/note", screen.note),
            route("POST", f"{_ONE}/after-sales", screen.after_sales),
            route("POST", f"{_ONE}/whisper", screen.whisper, supervise),
            route("POST", f"{_ONE}/take-over", screen.take_over, supervise),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="客服工作台",
                icon="headset",
                summary="接待排队的顾客，和他们聊",
                group=Group.WORK,
                permission=answer,
                shortcut="d",
            ),
        ),
        acts={
            "desk.claimed": "接入顾客",
            "desk.said": "回复顾客",
            "desk.handed_on": "转交顾客",
            "desk.taken_over": "接管顾客",
            "desk.given_back": "退回队伍",
            "desk.ended": "结束服务",
            "desk.snoozed": "稍后再看",
            "desk.noted": "写备注",
            "desk.after_sales": "开售后单",
            "desk.whispered": "悄悄提醒",
        },
        static={"desk.css": _HERE / "desk.css", "desk.js": _HERE / "desk.js"},
    )
