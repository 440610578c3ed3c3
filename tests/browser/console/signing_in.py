"""Signing in to the console by hand, in a browser that is listened to."""

from __future__ import annotations

from playwright.async_api import Browser, Page

from tests.functional.console.serving import PASSWORD, ConsoleServer


async def signed_in(
    browser: Browser, console: ConsoleServer, login: str, *, width: int, path: str
) -> tuple[Page, list[str]]:
    """The page at ``path`` after signing in, and what the browser complains of from the first page on."""
    page = await browser.new_page(viewport={"width": width, "height": 844})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(f"{console.url}/console{path}")
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/console{path}")
    return page, complaints
