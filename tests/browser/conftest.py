"""A whole portal, started with the README's command, and a real browser in front of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mappa_portal.embedded import free_port

TOP = Path(__file__).resolve().parent.parent.parent
AXE = (TOP / "tests/vendor/axe.min.js").read_text()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    " --no-first-run --disable-dev-shm-usage"
).split()
NOT_INHERITED = re.compile(
    "DATABASE_|OWNER_|BACKUP_|REDIS_|PORTAL_|SECRET_|EMAIL_|DEMO|ENV_FILE|PUBLIC_URL|ALLOWED|PYTEST"
)
WIDTHS = {"wide": 1280, "narrow": 320}


def _hear_ctrl_c() -> None:
    """Also where the suite runs in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Portal:
    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if not NOT_INHERITED.match(k)}
        own = {"PORTAL_HOME": str(home), "PORT": str(self.port), "DEMO": "1", "ENV_FILE": os.devnull}
        self.environment = kept | own
        self.log = open(home / "run.log", "wb")
        self.process = self._start("run", stdout=self.log, stderr=self.log)

    def _start(self, *arguments: str, **more) -> subprocess.Popen:
        command = [sys.executable, "-m", "mappa_portal.supervisor", *arguments]
        return subprocess.Popen(command, cwd=TOP, env=self.environment, preexec_fn=_hear_ctrl_c, **more)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "mappa_portal.supervisor", "manage", *arguments]
        return subprocess.run(
            command, cwd=TOP, env=self.environment, capture_output=True, text=True, check=False
        )

    def wait_until_ready(self) -> None:
        for _ in range(600):
            assert self.process.poll() is None, (self.home / "run.log").read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.5)
        raise AssertionError((self.home / "run.log").read_text())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.log.close()


@pytest.fixture(scope="package")
def portal(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("No Chromium on this machine: apt-get install chromium")
    home = tmp_path_factory.mktemp("portal")
    home.chmod(0o755)
    running = Portal(home)
    running.wait_until_ready()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def chromium(portal):
    """Ends with the folder: its event loop would stand in the way of every other test of this process."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Visitor:
    """One person's browser. Console errors fail the test that caused them."""

    def __init__(self, chromium: Browser, portal: Portal, *, scripts: bool = True, width: int = 1280):
        self.portal = portal
        self.context = chromium.new_context(
            base_url=portal.url, java_script_enabled=scripts, viewport={"width": width, "height": 900}
        )
        self.context.set_default_timeout(60_000)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))

    def sign_in(self, seat: str, place: str) -> "Visitor":
        """``seat`` and organisation as the list of demonstration people says them."""
        self.page.goto("/sign-in/")
        line = self.page.locator("li", has_text=place).filter(has_text=seat).first
        for box in self.page.locator("details", has=line).all():
            box.locator("> summary").click()
        line.get_by_role("button").click()
        self.give_code()
        self.page.get_by_role("button", name="Continue").click()
        self.page.wait_for_url(f"{self.portal.url}/")
        return self

    def give_code(self) -> None:
        """Read from the page what an authenticator app would show; each code works once."""
        while not self.page.locator("[data-demo-code]").count():
            time.sleep(1)
            self.page.reload()
        code = self.page.locator("[data-demo-code]").first.inner_text()
        self.page.get_by_label(re.compile("code", re.IGNORECASE)).first.fill(code)

    def go(self, address: str) -> "Visitor":
        self.page.goto(address)
        return self

    def press(self, name: str) -> "Visitor":
        self.page.get_by_role("button", name=name).first.click()
        return self

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, and whether the page scrolls sideways."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']})).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))"
        )
        sideways = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return [*found, *(["scrolls sideways"] if sideways else [])]

    def close(self) -> None:
        self.context.close()
        assert self.errors == []


@pytest.fixture
def visitor(chromium, portal):
    opened: list[Visitor] = []

    def make(**options) -> Visitor:
        opened.append(Visitor(chromium, portal, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
