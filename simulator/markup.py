"""The little XML that the platform writes and reads: no entities, no document types, no surprises."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_DEPTH = 12
_MAX_BYTES = 1 << 20


class MarkupDefect(ValueError):
    """The document is not well-formed, too large, too deep, or uses what is forbidden here."""


@dataclass(slots=True)
class Node:
    """One element: its text (of this element alone) and its children in order."""

    name: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """The first child of that name, if any."""
        return next((node for node in self.children if node.name == name), None)

    def names(self) -> list[str]:
        """The children's names, in order, repeated ones repeated."""
        return [node.name for node in self.children]


def cdata(text: str) -> str:
    """A CDATA section that carries any text: characters XML cannot hold are left out, ``]]>`` is split."""
    return "<![CDATA[" + _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if attributes:
            raise MarkupDefect(f"<{name}> carries attributes")
        if len(self._open) >= _MAX_DEPTH:
            raise MarkupDefect("nested too deeply")
        node = Node(name)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        self._open[-1].text += data

    def refuse(self, *_: object) -> None:
        raise MarkupDefect("document types and entities are refused")


def parse(data: bytes) -> Node:
    """Read one document; raises MarkupDefect with the reason."""
    if len(data) > _MAX_BYTES:
        raise MarkupDefect("larger than 1 MiB")
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ProcessingInstructionHandler = builder.refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MarkupDefect(f"not well-formed: {error}") from error
    if builder.root is None:
        raise MarkupDefect("empty document")
    return builder.root
