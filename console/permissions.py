"""Who may do what in the console: one table, from permission to roles. Every route names a permission of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum


class Role(StrEnum):
    """What a person is in the shop; somebody may be several. Values are stored; never rename them."""

    AGENT = "agent"
    VIP_AGENT = "vip_agent"
    SUPERVISOR = "supervisor"
    GROUP_OWNER = "group_owner"
    EDITOR = "editor"
    MANAGER = "manager"
    ADMIN = "admin"


ROLE_TITLES: Mapping[Role, str] = {
    Role.AGENT: "客服",
    Role.VIP_AGENT: "VIP 客服",
    Role.SUPERVISOR: "客服主管",
    Role.GROUP_OWNER: "群主",
    Role.EDITOR: "知识编辑",
    Role.MANAGER: "店长",
    Role.ADMIN: "管理员",
}

ROLE_DUTIES: Mapping[Role, str] = {
    Role.AGENT: "在工作台接待顾客",
    Role.VIP_AGENT: "接待顾客，重要顾客优先",
    Role.SUPERVISOR: "看全部会话，调配客服，处理投诉",
    Role.GROUP_OWNER: "发起拼团、抽奖等社群活动",
    Role.EDITOR: "编写、试答和发布知识库",
    Role.MANAGER: "看报表，管活动、知识库和客服",
    Role.ADMIN: "管理成员与权限，查操作记录",
}


class Permission(StrEnum):
    """One thing that not everybody may do."""

    OWN_ACCOUNT = "own_account"
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_LABEL = "knowledge.label"
    KNOWLEDGE_EDIT = "knowledge.edit"
    KNOWLEDGE_PUBLISH = "knowledge.publish"
    DESK_ANSWER = "desk.answer"
    DESK_ANSWER_VIP = "desk.answer_vip"
    DESK_SUPERVISE = "desk.supervise"
    AFTER_SALES_HANDLE = "after_sales.handle"
    AFTER_SALES_APPROVE = "after_sales.approve"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_TAG = "customers.tag"
    CUSTOMERS_JOIN = "customers.join"
    CAMPAIGNS_RUN = "campaigns.run"
    CAMPAIGNS_APPROVE = "campaigns.approve"
    REPORTS_READ = "reports.read"
    PERSONAL_REVEAL = "personal.reveal"
    PEOPLE_MANAGE = "people.manage"
    AUDIT_READ = "audit.read"


class Open(Enum):
    """Instead of a permission: who has not signed in may come here too."""

    PUBLIC = "public"


Access = Permission | Open

_R = Role
_EVERYBODY = frozenset(Role)
_DESK = frozenset({_R.AGENT, _R.VIP_AGENT, _R.SUPERVISOR, _R.MANAGER})
_LEADS = frozenset({_R.SUPERVISOR, _R.MANAGER})

AUTHORISATION: Mapping[Permission, frozenset[Role]] = {
    Permission.OWN_ACCOUNT: _EVERYBODY,
    Permission.KNOWLEDGE_READ: _DESK | {_R.GROUP_OWNER, _R.EDITOR},
    Permission.KNOWLEDGE_LABEL: _DESK | {_R.EDITOR},
    Permission.KNOWLEDGE_EDIT: frozenset({_R.EDITOR, _R.SUPERVISOR, _R.MANAGER}),
    Permission.KNOWLEDGE_PUBLISH: frozenset({_R.EDITOR, _R.MANAGER}),
    Permission.DESK_ANSWER: _DESK,
    Permission.DESK_ANSWER_VIP: frozenset({_R.VIP_AGENT, _R.SUPERVISOR, _R.MANAGER}),
    Permission.DESK_SUPERVISE: _LEADS,
    Permission.AFTER_SALES_HANDLE: _DESK,
    Permission.AFTER_SALES_APPROVE: _LEADS,
    Permission.CUSTOMERS_READ: _DESK,
    Permission.CUSTOMERS_TAG: _DESK,
    Permission.CUSTOMERS_JOIN: _LEADS,
    Permission.CAMPAIGNS_RUN: frozenset({_R.GROUP_OWNER, _R.MANAGER}),
    Permission.CAMPAIGNS_APPROVE: frozenset({_R.MANAGER}),
    Permission.REPORTS_READ: _LEADS,
    Permission.PERSONAL_REVEAL: _DESK | {_R.GROUP_OWNER, _R.ADMIN},
    Permission.PEOPLE_MANAGE: frozenset({_R.ADMIN}),
    Permission.AUDIT_READ: frozenset({_R.ADMIN, _R.MANAGER}),
}


def allows(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody with these roles may do it."""
    return not AUTHORISATION[permission].isdisjoint(roles)
