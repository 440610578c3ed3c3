"""One's own second factor: setting it up, recovery codes, removing it, and giving a code before an act."""

from __future__ import annotations

import segno
from aiohttp import web
from markupsafe import Markup

from console.ground import Ground
from console.permissions import Permission
from console.screens.account import TOO_OFTEN
from console.screens.account import WRONG as WRONG_PASSWORD
from console.screens.login import safe_target, waiting
from console.second_factor.asking import CODE_FIELD, CONFIRM, OWN, question
from console.second_factor.recovery import grouped
from console.second_factor.rule import Asked
from console.second_factor.store import Proof
from console.second_factor.totp import address_of
from console.sessions.store import Flash
from console.signing_in import Locked, Wrong
from console.web.guard import elsewhere
from console.web.rendering import FRAME, go, page
from console.web.route import Handler, Pages, Route
from console.web.visit import Visit

NOT_RIGHT = "这个验证码不对。看看手机的时间准不准，等换了新的再输一次。"
_FEW_CODES = 3


def pages(ground: Ground) -> Pages:
    own = _Own(ground)

    def route(method: str, path: str, handler: Handler, asked: Asked | None = None) -> Route:
        return Route(
            method=method,
            path=path,
            handler=handler,
            access=Permission.OWN_ACCOUNT,
            second_factor=asked,
        )

    return Pages(
        routes=(
            route("GET", OWN, own.show),
            route("POST", f"{OWN}/begin", own.begin),
            route("POST", f"{OWN}/enrol", own.enrol),
            route("POST", f"{OWN}/codes", own.renew_codes, Asked.EACH_TIME),
            route("POST", f"{OWN}/remove", own.remove, Asked.EACH_TIME),
            route("GET", CONFIRM, own.ask),
            route("POST", CONFIRM, own.confirm),
        ),
    )


class _Own:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._factor = ground.second_factor

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """Who sits down at an open page cannot bind a phone of their own: the password is asked for."""
        self._must_be_on()
        problem = await self._password_problem(visit, (await visit.form()).get("password", ""))
        if problem:
            return await self._show(visit, problem=problem, status=422)
        await self._factor.store.begin(visit.account.id)
        return await go(visit, OWN)

    async def enrol(self, visit: Visit) -> web.StreamResponse:
        self._must_be_on()
        code = (await visit.form()).get(CODE_FIELD, "")
        outcome = await self._factor.enrol(visit.account, visit.session, code, by=visit.doer())
        match outcome:
            case Wrong():
                return await self._show(visit, problem=NOT_RIGHT, status=422)
            case Locked(wait_ms=wait_ms):
                return await self._show(visit, problem=_too_often(wait_ms), status=429)
        return await page(visit, "second_factor/codes.html", codes=outcome, new=True)

    async def renew_codes(self, visit: Visit) -> web.StreamResponse:
        self._must_be_on()
        codes = await self._factor.store.renew_codes(visit.account, visit.doer())
        if not codes:
            return await go(visit, OWN)
        return await page(visit, "second_factor/codes.html", codes=codes, new=False)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        self._must_be_on()
        if not await self._factor.store.remove(visit.account, visit.doer()):
            return await go(visit, OWN)
        return await go(visit, "/account", say="二次验证已解除")

    async def ask(self, visit: Visit) -> web.StreamResponse:
        """The question alone, for acts that could not be carried through it."""
        self._must_be_on()
        if await self._factor.store.of(visit.account.id) is None:
            return await go(visit, OWN)
        return await question(visit, fields=[])

    async def confirm(self, visit: Visit) -> web.StreamResponse:
        self._must_be_on()
        code = (await visit.form()).get(CODE_FIELD, "")
        outcome = await self._factor.prove(
            visit.account, visit.session, code, by=visit.doer(), purpose=CONFIRM
        )
        if isinstance(outcome, Wrong | Locked):
            return await question(visit, fields=[], outcome=outcome)
        say = "验证好了，请接着刚才的操作"
        if outcome is Proof.RECOVERY:
            factor = await self._factor.store.of(visit.account.id)
            left = 0 if factor is None else factor.codes_left
            say += f"。恢复码还剩 {left} 个"
        await self._ground.sessions.say(visit.session.key, Flash(text=say))
        return elsewhere(visit, safe_target(visit.request.query.get("next", "")))

    async def _show(self, visit: Visit, *, problem: str = "", status: int = 200) -> web.Response:
        self._must_be_on()
        account = visit.account
        factor = await self._factor.store.of(account.id)
        secret = None if factor else await self._factor.store.begun(account.id)
        issuer = visit.request.config_dict[FRAME].shop_name
        return await page(
            visit,
            "second_factor/own.html",
            status=status,
            factor=factor,
            few_codes=factor is not None and factor.codes_left <= _FEW_CODES,
            secret=None if secret is None else grouped(secret).replace("-", " "),
            qr=None if secret is None else qr_of(address_of(secret, issuer=issuer, login=account.login)),
            required=self._factor.mode == "required",
            needed="needed" in visit.request.query,
            problem=problem,
            code_field=CODE_FIELD,
        )

    async def _password_problem(self, visit: Visit, password: str) -> str:
        account, ground = visit.account, self._ground
        if not account.has_password:
            return ""
        if await ground.attempts.begin(login=account.login, address=visit.caller.address):
            return TOO_OFTEN
        stored = await ground.accounts.password_hash(account.login)
        if not await ground.passwords.matches(password, stored):
            return WRONG_PASSWORD
        await ground.attempts.succeeded(login=account.login, address=visit.caller.address)
        return ""

    def _must_be_on(self) -> None:
        if not self._factor.is_on:
            raise web.HTTPNotFound


def qr_of(address: str) -> Markup:
    """A QR code as SVG, black on white also in the dark, so that every camera reads it."""
    drawn = segno.make(address, error="m").svg_inline(border=4, light="#fff", svgclass="qr", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by us: paths and numbers, nothing of what was typed


def _too_often(wait_ms: int) -> str:
    return f"试错的次数太多了，请 {waiting(wait_ms)} 后再试。"
