"""What axe-core finds wrong with a page for people who see, hear or move differently."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => (await axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})).violations.map(({id, impact, nodes}) => ({
  id, impact, where: nodes.map(each => each.target.join(' ') + ' | ' + (each.any[0]?.message ?? '')),
}))"""


async def serious_findings(page: Page) -> list[str]:
    """Findings of impact serious or critical, each with the first places where it is."""
    await page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(_RUN)
    return [
        f"{each['id']} ({each['impact']}): {'; '.join(each['where'][:4])}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
