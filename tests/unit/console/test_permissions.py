"""The table of who may do what, as a table."""

from __future__ import annotations

import pytest

from console.permissions import AUTHORISATION, ROLE_DUTIES, ROLE_TITLES, Permission, Role, allows

LETTERS = {
    "a": Role.AGENT,
    "v": Role.VIP_AGENT,
    "s": Role.SUPERVISOR,
    "g": Role.GROUP_OWNER,
    "e": Role.EDITOR,
    "m": Role.MANAGER,
    "A": Role.ADMIN,
}
EXPECTED = {
    Permission.OWN_ACCOUNT: "avsgemA",
    Permission.KNOWLEDGE_READ: "avsgem",
    Permission.KNOWLEDGE_LABEL: "avsem",
    Permission.KNOWLEDGE_EDIT: "sem",
    Permission.KNOWLEDGE_PUBLISH: "em",
    Permission.DESK_ANSWER: "avsm",
    Permission.DESK_ANSWER_VIP: "vsm",
    Permission.DESK_SUPERVISE: "sm",
    Permission.AFTER_SALES_HANDLE: "avsm",
    Permission.AFTER_SALES_APPROVE: "sm",
    Permission.CUSTOMERS_READ: "avsm",
    Permission.CUSTOMERS_TAG: "avsm",
    Permission.CUSTOMERS_JOIN: "sm",
    Permission.CAMPAIGNS_RUN: "gm",
    Permission.CAMPAIGNS_APPROVE: "m",
    Permission.REPORTS_READ: "sm",
    Permission.PERSONAL_REVEAL: "avsgmA",
    Permission.PEOPLE_MANAGE: "A",
    Permission.AUDIT_READ: "mA",
}


def test_every_permission_has_its_row() -> None:
    assert set(AUTHORISATION) == set(EXPECTED) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_who_may(permission: Permission) -> None:
    for letter, role in LETTERS.items():
        assert allows([role], permission) is (letter in EXPECTED[permission]), role


def test_roles_add_up_and_nobody_may_nothing() -> None:
    assert allows([Role.AGENT, Role.ADMIN], Permission.PEOPLE_MANAGE)
    assert not any(allows([], permission) for permission in Permission)


def test_every_role_has_its_words() -> None:
    assert set(ROLE_TITLES) == set(ROLE_DUTIES) == set(Role) == set(LETTERS.values())
