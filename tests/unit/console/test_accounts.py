"""Names, passwords, and what is wrong with them."""

from __future__ import annotations

import re

import pytest

from console.accounts.account import login_of, problem_of
from console.accounts.passwords import make_temporary_password, password_problem
from console.permissions import Role

AGENT = frozenset({Role.AGENT})


@pytest.mark.parametrize("login", ["lan", "lan.lan", "li-4", "a_b", "9ab", "a" * 40])
def test_good_logins(login: str) -> None:
    assert problem_of(login=login, name="兰兰", roles=AGENT, wecom_userid=None) == ""


@pytest.mark.parametrize(
    "login", ["", "ab", "Lan", "兰兰", "-ab", "ab-", "a b", "a" * 41, "lan\n", "(command)"]
)
def test_bad_logins(login: str) -> None:
    assert problem_of(login=login, name="兰兰", roles=AGENT, wecom_userid=None)


def test_other_problems() -> None:
    good: dict[str, object] = {"login": "lan", "name": "兰兰", "roles": AGENT, "wecom_userid": "LanLan.1"}
    assert problem_of(**good) == ""  # type: ignore[arg-type]
    wrongs: list[dict[str, object]] = [
        {"name": " "},
        {"name": "a" * 21},
        {"name": "a\u202eb"},
        {"roles": frozenset()},
        {"wecom_userid": "a b"},
    ]
    for wrong in wrongs:
        assert problem_of(**{**good, **wrong}), wrong  # type: ignore[arg-type]


def test_a_login_is_stored_small() -> None:
    assert login_of("  LanLan ") == "lanlan"


@pytest.mark.parametrize(
    "password", ["correct-horse-battery", "一二三四五六七八九十啊", "a-password-of-ones-own"]
)
def test_good_passwords(password: str) -> None:
    assert password_problem(password, login="lanlan") == ""


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaa",
        "password12345678",
        "lanlan12345678",
        "1111111111",
        "x" * 201,
        "LANLANLANLAN1",
    ],
)
def test_bad_passwords(password: str) -> None:
    assert password_problem(password, login="lanlan")


def test_temporary_passwords_are_readable_good_and_never_the_same() -> None:
    made = {make_temporary_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){2}", one) for one in made)
    assert {password_problem(one, login="lanlan") for one in made} == {""}
