"""Asking for the second factor: at the door for routes that say so, and inside handlers that decide for themselves."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from aiohttp import web

from console.permissions import Permission
from console.screens.login import waiting
from console.second_factor.rule import Asked, Needed
from console.second_factor.service import SecondFactor
from console.signing_in import Locked, Wrong
from console.web.guard import SAFE, elsewhere
from console.web.rendering import page, url
from console.web.visit import BASE, CSRF_FIELD, Visit

SECOND_FACTOR = web.AppKey("second_factor", SecondFactor)
CODE_FIELD = "second_factor_code"
OWN = "/account/second-factor"
CONFIRM = f"{OWN}/confirm"
WRONG = "这个验证码不对，或者已经用过。等手机上换了新的再输一次。"


async def ask(visit: Visit, asked: Asked) -> web.StreamResponse | None:
    """None: go on with the act. Otherwise the answer to give instead, which asks for a code or leads to enrolling.

    A form that a browser has sent is kept: the question carries its fields, and sends them again with the code. For
    htmx, uploads and GET the question is a page of its own, from where people come back and act again.
    """
    factor = visit.request.config_dict[SECOND_FACTOR]
    if not factor.is_on:
        return None
    fields = await _fields(visit)
    carried = fields is not None
    match await factor.needed(visit.account, visit.session, asked, carried=carried):
        case Needed.NOTHING:
            return None
        case Needed.ENROLMENT:
            return await _to_enrolment(visit)
    if fields is None:
        return elsewhere(visit, url(CONFIRM, next=_from_where(visit)))
    return await _judge(visit, factor, fields)


async def _judge(
    visit: Visit, factor: SecondFactor, fields: list[tuple[str, str]]
) -> web.StreamResponse | None:
    """None: the code in the form is right."""
    code = (await visit.form()).get(CODE_FIELD)
    if code is None:
        return await question(visit, fields=fields, status=403)
    outcome = await factor.prove(
        visit.account, visit.session, code, by=visit.doer(), purpose=visit.request.path.removeprefix(BASE)
    )
    if isinstance(outcome, Wrong | Locked):
        return await question(visit, fields=fields, outcome=outcome)
    return None


async def question(
    visit: Visit,
    *,
    fields: list[tuple[str, str]],
    outcome: Wrong | Locked | None = None,
    status: int = 200,
) -> web.Response:
    """The page with the field for the code; ``fields`` go along. Sent to where the visit went."""
    problem, headers = "", {}
    match outcome:
        case Wrong():
            problem, status = WRONG, 401
        case Locked(wait_ms=wait_ms):
            problem, status = f"试错的次数太多了，请 {waiting(wait_ms)} 后再试。", 429
            headers["Retry-After"] = str(math.ceil(wait_ms / 1000))
    answer = await page(
        visit,
        "second_factor/question.html",
        status=status,
        fields=fields,
        problem=problem,
        code_field=CODE_FIELD,
        action=visit.request.path_qs,
    )
    answer.headers.update(headers)
    return answer


async def _to_enrolment(visit: Visit) -> web.StreamResponse:
    if visit.is_fragment:
        return elsewhere(visit, url(OWN, needed="yes"))
    return await page(
        visit,
        "second_factor/needed.html",
        status=403,
        may_enrol=visit.may(Permission.OWN_ACCOUNT),
    )


async def _fields(visit: Visit) -> list[tuple[str, str]] | None:
    """The form, without token and code; None: it cannot be carried along."""
    if visit.request.method in SAFE or visit.is_fragment:
        return None
    given = [
        (name, value)
        for name, value in (await visit.request.post()).items()
        if name not in (CSRF_FIELD, CODE_FIELD)
    ]
    texts = [(name, value) for name, value in given if isinstance(value, str)]
    return texts if len(texts) == len(given) else None


def _from_where(visit: Visit) -> str:
    """The page to come back to: the one that htmx acts for, or that was asked for."""
    if visit.request.method in SAFE and not visit.is_fragment:
        return visit.request.path_qs
    named = "HX-Current-URL" if visit.is_fragment else "Referer"
    came = urlsplit(visit.request.headers.get(named, ""))
    return f"{came.path}?{came.query}" if came.query else came.path
