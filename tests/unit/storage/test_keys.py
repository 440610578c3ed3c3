"""Redis keys: told apart by bot, in one slot of a cluster, spelled in one place."""

from __future__ import annotations

import re

from storage import keys


def test_bots_that_share_a_server_share_no_key() -> None:
    assert keys.token("a", "official", "wx1") != keys.token("b", "official", "wx1")
    assert keys.wakeups("a") != keys.wakeups("b")
    assert keys.token("a", "official", "wx1") != keys.token("a", "official", "wx2")
    assert keys.token("a", "official", "x") != keys.token("a", "wecom", "x")


def test_the_keys_of_one_bot_are_in_one_slot_of_a_cluster() -> None:
    tags = {
        re.findall(r"\{(.+?)\}", key)[0] for key in (keys.token("a1", "official", "wx1"), keys.wakeups("a1"))
    }
    assert tags == {"a1"}
