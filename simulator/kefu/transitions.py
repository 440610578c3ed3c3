"""What the API may find out and change about sessions (WeCom 94669 分配客服会话)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.calls import whole_of
from simulator.corp.errcodes import CorpError
from simulator.kefu.sending import known_customer
from simulator.kefu.states import State, api_may_change
from simulator.kefu.world import KefuWorld


def get_state(kefu: KefuWorld, data: Mapping[str, object]) -> dict[str, object]:
    """``service_state/get``: the state, and the person in state 3 only."""
    account = kefu.accounts.need(data.get("open_kfid"))
    session = kefu.session(account.open_kfid, known_customer(kefu, data.get("external_userid")))
    if session.state is State.HUMAN:
        return {"service_state": 3, "servicer_userid": session.servicer or ""}
    return {"service_state": int(session.state)}


def change_state(kefu: KefuWorld, data: Mapping[str, object]) -> str | None:
    """``service_state/trans``; returns the code that comes with the change, if one does.

    Raises CorpError: 95013 (ended), 95016 (no such change), 40003 (nobody named), 95014 and 95019 (that
    person cannot serve).
    """
    account = kefu.accounts.need(data.get("open_kfid"))
    customer = known_customer(kefu, data.get("external_userid"))
    target = State(whole_of(data, "service_state", -1, 0, 4))
    session = kefu.session(account.open_kfid, customer)
    if session.state is State.OVER:
        raise CorpError(95013)
    if not api_may_change(session.state, target, undocumented=kefu.knobs.kefu_undocumented_changes):
        kefu.around.violate(
            "kefu-illegal-change", shopper=customer.name, detail=f"{session.state.name} to {target.name}"
        )
        raise CorpError(95016)
    servicer = data.get("servicer_userid")
    if target is State.HUMAN:
        if not isinstance(servicer, str) or not servicer:
            raise CorpError(40003)
        account.check_receives(servicer, kefu.around.members)
        return kefu.change(session, target, servicer, by="api")
    return kefu.change(session, target, None, by="api")
