"""Documents lead somewhere: links, decision records, the list of scripts."""

import re
from pathlib import Path

from tests.architecture import checkout

LINK = re.compile(
    r"!?\[[^\]\n]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|source)[^>]+src(?:set)?=\"([^\"]+)\""
)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
RECORD = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
DECISIONS = checkout.ROOT / "docs" / "decisions"


def links(text: str) -> list[str]:
    """The relative targets of a Markdown text, fragments cut off."""
    targets = [first or second for first, second in LINK.findall(FENCED.sub("", text))]
    return [t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t)]


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{file}: {target}"
        for file, text in checkout.texts(".md")
        for target in links(text)
        if not (checkout.ROOT / file.parent / target).exists()
    ]
    assert not broken


def test_links_are_seen() -> None:
    assert links(
        '[a](x.md#y) ![b](<i.png> "t") [c](https://e.cn) <img src="j.png"> [d](#e)\n```\n[f](g)\n```\n'
    ) == [
        "x.md",
        "i.png",
        "j.png",
    ]


def test_the_two_readmes_lead_to_each_other() -> None:
    for one, other in (("README.md", "README_zh.md"), ("README_zh.md", "README.md")):
        assert other in links((checkout.ROOT / one).read_text(encoding="utf-8"))


def test_decision_records_are_numbered_without_gaps() -> None:
    records = sorted(file.name for file in DECISIONS.glob("*.md") if file.name != "README.md")
    numbers = [int(matched[1]) if (matched := RECORD.fullmatch(name)) else name for name in records]
    assert numbers == list(range(1, len(records) + 1))


def test_every_script_is_described() -> None:
    described = (checkout.ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
    scripts = [f.name for f in checkout.files() if f.parent == Path("scripts") and f.suffix in {".py", ".sh"}]
    assert not [name for name in scripts if name != "__init__.py" and f"`{name}`" not in described]


def test_make_targets_in_documents_exist() -> None:
    makefile = (checkout.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    unknown = [
        f"{file}: make {name}"
        for file, text in checkout.texts(".md")
        for name in re.findall(r"(?:`|^\$? ?)make ([a-z]+)", text, re.MULTILINE)
        if name not in targets
    ]
    assert not unknown
