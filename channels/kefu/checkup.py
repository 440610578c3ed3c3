"""Are the configured 微信客服 accounts ours, managed by the API, and is there somebody to hand over to?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.calls import Answered
from channels.checkup import Checked
from channels.kefu import desk
from channels.kefu.desk import KefuAccount
from channels.wecom.api import QyApi
from channels.wecom.checkup import CURES, ailment

_ACCOUNTS = "cgi-bin/kf/account/list"
_SERVICERS = "cgi-bin/kf/servicer/list"
_PAGE = 100
_MAX_PAGES = 50


async def check_accounts(api: QyApi, open_kfids: Sequence[str], *, native: bool) -> Mapping[str, Checked]:
    """One finding for each of ``open_kfids``.

    ``native``: sessions are handed to the account's servicers, so that an account without any is wrong.
    """
    known = await _accounts(api)
    if isinstance(known, Checked):
        return dict.fromkeys(open_kfids, known)
    return {open_kfid: await _account(api, known.get(open_kfid), native=native) for open_kfid in open_kfids}


async def _accounts(api: QyApi) -> Mapping[str, KefuAccount] | Checked:
    """Every account that the app may see, or why they cannot be listed."""
    known: dict[str, KefuAccount] = {}
    for page in range(_MAX_PAGES):
        result = await api.call(_ACCOUNTS, {"offset": page * _PAGE, "limit": _PAGE})
        ill = ailment("kf/account/list", result)
        if ill is not None:
            return ill
        assert isinstance(result, Answered)
        listed = desk.accounts(result.body)
        known |= {account.open_kfid: account for account in listed}
        if len(listed) < _PAGE:
            break
    return known


async def _account(api: QyApi, account: KefuAccount | None, *, native: bool) -> Checked:
    if account is None:
        return Checked(
            problem="not an account that this app may use: another corp's, deleted, or not given to the app",
            cure=CURES[48007],
        )
    if not account.manageable:
        return Checked(
            problem=f"the account {account.name!r} is not managed by this app's API (manage_privilege)",
            cure=CURES[48007],
        )
    result = await api.call(_SERVICERS, params={"open_kfid": account.open_kfid})
    ill = ailment("kf/servicer/list", result)
    if ill is not None:
        return ill
    assert isinstance(result, Answered)
    servicers = desk.servicers(result.body)
    if native and not servicers.members and not servicers.departments:
        return Checked(
            problem=f"the account {account.name!r} has no servicer, so 转人工 reaches nobody",
            cure="Add 接待人员 to the account, or set wecom.kefu.handoff to desk",
        )
    receiving = "somebody receives now" if servicers.somebody_receives else "nobody receives now"
    return Checked(note=f"{account.name!r}, {receiving}")
