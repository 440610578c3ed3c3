"""Reads rows from jsonl and yaml files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from knowledge_base.importing.row import Problem, Row
from knowledge_base.importing.tables import decode


def read_jsonl(path: Path) -> Iterator[Row | Problem]:
    """One JSON object a line; empty lines are skipped."""
    text = decode(path.read_bytes())
    if text is None:
        yield Problem(file=path.name, line=0, reason="文件编码不是 UTF-8")
        return
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            yield Problem(file=path.name, line=line, reason="不是合法的 JSON")
            continue
        if isinstance(value, dict):
            yield Row(file=path.name, line=line, fields=value)
        else:
            yield Problem(file=path.name, line=line, reason="应是一个 JSON 对象")


def read_yaml(path: Path) -> Iterator[Row | Problem]:
    """A list of entries; each is named by the line where it begins."""
    text = decode(path.read_bytes())
    if text is None:
        yield Problem(file=path.name, line=0, reason="文件编码不是 UTF-8")
        return
    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            yield from _items(path.name, loader, node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 0
        yield Problem(file=path.name, line=line, reason=f"不是合法的 YAML（{exc.problem}）")
    except (yaml.YAMLError, ValueError, RecursionError):
        yield Problem(file=path.name, line=0, reason="不是合法的 YAML")


def _items(file: str, loader: yaml.SafeLoader, node: yaml.Node | None) -> Iterator[Row | Problem]:
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        yield Problem(file=file, line=node.start_mark.line + 1, reason="应是一个列表，每项是一条问答")
        return
    for item in node.value:
        line = item.start_mark.line + 1
        value = loader.construct_object(item, deep=True) if isinstance(item, yaml.MappingNode) else None
        if isinstance(value, dict):
            yield Row(file=file, line=line, fields={str(key): field for key, field in value.items()})
        else:
            yield Problem(file=file, line=line, reason="应是一条问答（question、answer……）")
