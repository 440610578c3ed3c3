"""The table of limits: every row by its name and figure, and the page in docs that shows it."""

import re
from datetime import timedelta
from pathlib import Path

from channels.limits import calls, reply_windows, sizes, windows
from channels.limits.rows import CallLimit, Keeper, Limit, MonthlyLimit, SizeLimit, WindowLimit
from channels.limits.table import TABLE, printed
from channels.official.errcodes import ERRCODES as OFFICIAL
from channels.wecom.errcodes import ERRCODES as WECOM

DOCUMENT = Path(__file__).parents[4] / "docs" / "limits.md"
PRODUCT = Path(__file__).parents[4]
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KB, MB = 1024, 1024 * 1024

WINDOWS = {
    "official.reply.message": (5, 48 * HOUR),
    "official.reply.menu_click": (3, MINUTE),
    "official.reply.follow": (3, MINUTE),
    "official.reply.scan": (3, MINUTE),
    "kefu.reply.message": (5, 48 * HOUR),
    "kefu.code.welcome": (1, 20 * SECOND),
    "kefu.code.pool": (1, 48 * HOUR),
    "kefu.code.servicer": (1, 48 * HOUR),
    "kefu.code.ending": (1, 20 * SECOND),
    "contact.code.welcome": (1, 20 * SECOND),
    "app.code.card_response": (1, 72 * HOUR),
    "aibot.code.response_url": (1, HOUR),
    "callback.passive_reply": (1, 5 * SECOND),
    "token.access": (None, 2 * HOUR),
    "kefu.pull_token": (None, 10 * MINUTE),
    "kefu.history": (None, 3 * DAY),
    "media.id": (None, 3 * DAY),
    "kefu.session": (None, 48 * HOUR),
    "kefu.customer_read": (None, 48 * HOUR),
    "aibot.stream": (None, 6 * MINUTE),
    "aibot.media_url": (None, 5 * MINUTE),
    "aibot.upload": (None, 30 * MINUTE),
    "app.duplicate_check": (None, 4 * HOUR),
    "official.agent_session": (None, 30 * MINUTE),
}
CALLS = {
    "wecom.api.minute": (10_000, MINUTE),
    "wecom.api.hour": (150_000, HOUR),
    "wecom.address.minute": (20_000, MINUTE),
    "wecom.address.hour": (600_000, HOUR),
    "app.send.persons.day": (200, DAY),
    "app.send.member.minute": (30, MINUTE),
    "app.send.member.hour": (1000, HOUR),
    "appchat.create.day": (1000, DAY),
    "appchat.update.hour": (1000, HOUR),
    "appchat.send.persons.minute": (20_000, MINUTE),
    "appchat.send.member.minute": (200, MINUTE),
    "appchat.send.member.day": (10_000, DAY),
    "robot.send.minute": (20, MINUTE),
    "moment.task.minute": (10, MINUTE),
    "aibot.send.chat.minute": (30, MINUTE),
    "aibot.send.chat.hour": (1000, HOUR),
    "wecom.blocked": (0, MINUTE),
    "wecom.debug.minute": (5, MINUTE),
    "official.token.minute": (10_000, MINUTE),
    "official.token.day": (500_000, DAY),
    "official.token.force.day": (20, DAY),
    "official.token.force.spacing": (1, 30 * SECOND),
    "official.token.classic.day": (2000, DAY),
    "official.template.day": (100_000, DAY),
    "official.mass.minute": (60, MINUTE),
    "official.mass.subscription.day": (1, DAY),
    "mass.receiver.day": (1, DAY),
}
MONTHS = {"mass.receiver.month": None, "official.mass.service.month": 4}
SIZES = {
    "kefu.text": 2048,
    "kefu.msgid": 32,
    "kefu.link.title": 128,
    "kefu.link.desc": 512,
    "kefu.link.url": 2048,
    "kefu.miniprogram.title": 64,
    "kefu.menu.head": 1024,
    "kefu.menu.items": 50,
    "kefu.menu.choices": 10,
    "kefu.menu.click.id": 128,
    "kefu.menu.click.content": 128,
    "kefu.menu.text": 256,
    "kefu.cursor": 64,
    "kefu.token": 128,
    "kefu.page": 1000,
    "kefu.in.image": 2 * MB,
    "kefu.in.voice": 2 * MB,
    "kefu.in.video": 10 * MB,
    "kefu.in.file": 20 * MB,
    "kefu.account.name": 16,
    "kefu.account.page": 100,
    "kefu.scene": 32,
    "kefu.scene_param": 128,
    "kefu.servicers": 100,
    "kefu.departments": 20,
    "kefu.servicers_in_all": 2000,
    "kefu.customers": 100,
    "app.text": 2048,
    "app.markdown": 2048,
    "app.users": 1000,
    "app.parties": 100,
    "app.tags": 100,
    "app.card.task_id": 128,
    "app.card.buttons": 6,
    "app.card.button.key": 1024,
    "app.card.checkbox": 20,
    "app.card.selects": 3,
    "app.card.options": 10,
    "upload.image": 10 * MB,
    "upload.voice": 2 * MB,
    "upload.video": 10 * MB,
    "upload.file": 20 * MB,
    "robot.text": 2048,
    "robot.markdown": 4096,
    "robot.image": 2 * MB,
    "robot.news": 8,
    "robot.news.title": 128,
    "robot.news.description": 512,
    "robot.file": 20 * MB,
    "robot.voice": 2 * MB,
    "appchat.name": 50,
    "appchat.members": 2000,
    "appchat.id": 32,
    "appchat.text": 2048,
    "appchat.markdown": 2048,
    "mass.text": 4000,
    "mass.attachments": 9,
    "mass.customers": 10_000,
    "mass.chats": 2000,
    "mass.link.title": 128,
    "mass.link.desc": 512,
    "mass.link.url": 2048,
    "mass.miniprogram.title": 64,
    "welcome.text": 4000,
    "welcome.attachments": 9,
    "group_welcome.text": 3000,
    "group_welcome.templates": 100,
    "groups.owners": 100,
    "groups.page": 1000,
    "contact.followers": 500,
    "aibot.content": 20_480,
    "aibot.images": 10,
    "aibot.image": 10 * MB,
    "aibot.feedback": 256,
    "aibot.in_flight": 3,
    "aibot.media": 100 * MB,
    "aibot.chunk": 512 * KB,
    "aibot.chunks": 100,
    "official.text": 2048,
    "official.news": 1,
    "official.templates": 25,
}


def figure(row: Limit) -> object:
    match row:
        case WindowLimit():
            return row.count, row.lasts
        case CallLimit():
            return row.count, row.per
        case MonthlyLimit():
            return row.count
        case SizeLimit():
            return row.most


def test_the_table_holds_these_rows_and_no_others() -> None:
    assert {name: figure(row) for name, row in TABLE.items()} == {**WINDOWS, **CALLS, **MONTHS, **SIZES}


def test_every_row_says_where_it_comes_from() -> None:
    silent = [name for name, row in TABLE.items() if not re.match(r"WeCom \d{5,6} |公众号 ", row.source)]
    assert silent == []


def test_the_errcode_beyond_a_limit_is_one_that_we_react_to() -> None:
    unknown = [
        (name, code)
        for name, row in TABLE.items()
        for code in row.errcodes
        if code not in (OFFICIAL if name.startswith("official.") else WECOM)
    ]
    assert unknown == []


def test_the_document_shows_the_table() -> None:
    assert printed() in DOCUMENT.read_text(encoding="utf-8"), "paste channels.limits.table.printed() into it"


def test_the_figures_of_the_document_can_be_read() -> None:
    lines = {line.split("`")[1]: line for line in printed().splitlines()[2:]}
    assert "5 within 48 h" in lines["kefu.reply.message"]
    assert "200 × accounts in 1 d" in lines["app.send.persons.day"]
    assert "as many as the month has days" in lines["mass.receiver.month"]
    assert "2 to 2,000 items" in lines["appchat.members"]
    assert "good for 10 min" in lines["kefu.pull_token"]
    assert "silently dropped" in lines["app.send.member.minute"]
    assert all(line.count(" | ") == 6 for line in lines.values())


def test_who_keeps_a_limit_takes_its_figure_from_the_table() -> None:
    """A row that a client keeps is named by a module outside the table; the planner's by the reply limits."""
    constants = {
        row.name: constant
        for module in (calls, sizes, windows)
        for constant, row in vars(module).items()
        if isinstance(row, WindowLimit | MonthlyLimit | SizeLimit)
    }
    product = [path for folder in ("bot", "channels") for path in (PRODUCT / folder).rglob("*.py")]
    outside = [path for path in product if path.parent != PRODUCT / "channels" / "limits"]
    words = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in outside)))
    planned = set(re.findall(r"\w+", Path(reply_windows.__file__).read_text(encoding="utf-8")))
    kept = [row for row in TABLE.values() if not isinstance(row, CallLimit)]
    forgotten = [
        row.name
        for row in kept
        if (row.kept_by is Keeper.CLIENT and constants[row.name] not in words)
        or (row.kept_by is Keeper.PLANNER and constants[row.name] not in planned)
    ]
    assert not forgotten


def test_the_gate_keeps_calls_only() -> None:
    kept = {type(row) for row in TABLE.values() if row.kept_by is Keeper.GATE}
    assert kept == {CallLimit}
