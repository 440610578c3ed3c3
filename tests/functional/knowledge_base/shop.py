"""A shop's folder, and ``kb`` run in it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

from bot.commands.kb import kb_app
from tests.servers.forked import start_bot

SECONDS = 500.0

TABLE = """编号,问题,答案,相似问
return,怎么申请退货,打开订单点申请售后就可以。,我要退货|退货流程是什么
invoice,能开发票吗,可以，确认收货后自己开。,怎么开票|发票在哪里开
hours,门店几点关门,每天晚上九点半。,营业到几点
fresh,水果坏了怎么赔,签收后 24 小时内拍照给我们。,收到烂果|坏果包赔吗
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


class ShopFolder:
    """Runs ``kb`` as a program of its own, without secrets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.yml"
        self.config.write_text("knowledge_base: {path: kb}\n")

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def run(self, *arguments: str) -> Ran:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
        with TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            program = start_bot(
                "kb", *arguments, "--config", str(self.config), environment=environment, out=out, err=err
            )
            code = program.join(SECONDS)
            program.kill()
            assert code is not None, f"kb {arguments} took longer than {SECONDS} s"
            return Ran(code=code, out=out.read_text(), err=err.read_text())

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run with ``--json``; standard output must hold one object and nothing else."""
        done = self.run(*arguments, "--json")
        assert done.code == code, done.err
        value = json.loads(done.out)
        assert isinstance(value, dict)
        return value


class ShopInThisProcess(ShopFolder):
    """Quicker, for tests that run many commands."""

    def run(self, *arguments: str) -> Ran:
        runner = CliRunner(env={"COLUMNS": "200"})
        done = runner.invoke(kb_app, [*arguments, "--config", str(self.config)])
        return Ran(code=done.exit_code, out=done.stdout, err=done.stderr)
