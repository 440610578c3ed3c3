"""Every dialogue of this folder, played against the real classifier, policy and handlers."""

from pathlib import Path

import pytest

from tests.dialogues.script import DIALOGUES, PEOPLE, Player, load
from tests.dialogues.shop import Talk


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
async def test_dialogue(path: Path) -> None:
    dialogue = load(path)
    player = Player(Talk(PEOPLE[dialogue.get("who", "wang")]))
    for number, line in enumerate(dialogue["lines"], 1):
        try:
            await player.play(line)
        except AssertionError as error:
            raise AssertionError(f"{path.name}, line {number} {line}: {error}") from error
    player.end()


def test_there_are_dialogues_and_each_asks_something_of_the_bot() -> None:
    assert len(DIALOGUES) >= 12
    expecting = {"bot", "bot_contains", "bot_silent"}
    for path in DIALOGUES:
        kinds = {kind for line in load(path)["lines"] for kind in line}
        assert kinds & expecting, path.name


@pytest.mark.parametrize(
    "lines",
    [
        [{"customer": "你好"}, {"bot": "再见"}],
        [{"customer": "你好"}, {"bot_contains": ["店小二", "没有这句"]}],
        [{"customer": "你好"}, {"bot_silent": True}],
        [{"customer": "你好"}],
        [{"customer": {"unfollow": None}}, {"bot": "再见"}],
        [{"customer": "转人工"}, {"bot_contains": "人工"}],
        [{"customer": "你好"}, {"bot_contains": "店小二"}, {"case": "asked_for"}],
        [{"customer": "你好"}, {"bot_contains": "店小二"}, {"errand": {"kind": "return"}}],
        [{"customer": "你好"}, {"bot_contains": "店小二"}, {"consent": {"marketing": False}}],
        [{"customer": "你好"}, {"bot_contains": "店小二"}, {"withdrawn": True}],
        [{"customer": "你好"}, {"bot_contains": "店小二"}, {"customer": {"tap": 1}}],
        [
            {"customer": "转人工"},
            {"bot_contains": "人工"},
            {"case": {"reason": "asked_for", "summary": ["退货"]}},
        ],
        [{"rasa": "away"}],
    ],
)
async def test_the_player_notices_what_is_wrong(lines: list[dict[str, object]]) -> None:
    player = Player(Talk())
    with pytest.raises(AssertionError):
        await _play(player, lines)


async def _play(player: Player, lines: list[dict[str, object]]) -> None:
    for line in lines:
        await player.play(line)
    player.end()
