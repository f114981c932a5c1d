"""The built book behind a small server, and a browser that records everything that goes wrong."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "/some/folder"  # the book must work from a subfolder of a site, as on GitHub Pages
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=20_000)  # a machine may be busy
ON_CI = os.environ.get("CI") == "true"


def document_names() -> list[str]:
    """Return the book's documents in reading order, without a suffix."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *chapters]


PAGES = [f"{name}.html" for name in document_names()]
MADE_BY_SPHINX = ["search.html", "genindex.html"]


def missing(what: str, remedy: str) -> None:
    """Skip where a reader's machine lacks something; fail on CI, where nothing may be skipped."""
    (pytest.fail if ON_CI else pytest.skip)(f"no {what}: {remedy}")


def unfold(page: Page) -> None:
    """Open every solution and folded note, so that its inside is tested too."""
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")


@pytest.fixture(scope="session")
def site() -> Path:
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").is_file():
        missing("built book", "run `make book` first")
    return folder


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder under /some/folder/ and nothing else, silently."""

    def translate_path(self, path: str) -> str:
        inside = path.startswith(f"{FOLDER}/")
        return super().translate_path(path.removeprefix(FOLDER) if inside else "/outside/the/book")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def url(site: Path) -> Iterator[str]:
    """Return the address of the built book, with a final slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{FOLDER}/"
    server.shutdown()
    server.server_close()
    thread.join()


# One browser a file: an open Playwright leaves an event loop running in this thread, in which
# the notebooks of another file could not be tested.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = [path for name in names if name and (path := shutil.which(name))]
    if not found:
        missing("Chromium", "install one (Debian: apt install chromium) or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, url: str) -> Callable[..., Any]:
    """Return a context manager that opens a page and fails at its end if anything went wrong.

    `with visit("chapters/01-sequences.html", color_scheme="dark") as page: ...`"""

    @contextmanager
    def opened(path: str, *, address: str | None = None, **options: Any) -> Iterator[Page]:
        problems: list[str] = []
        home = address or url

        def note_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                problems.append(f"console {message.type}: {message.text}")

        def note_response(response: Response) -> None:
            if response.status >= 400:
                problems.append(f"status {response.status}: {response.url}")

        def note_failure(request: Request) -> None:
            if request.resource_type == "script" and options.get("java_script_enabled") is False:
                return  # wanted
            problems.append(f"failed: {request.url} {request.failure}")

        def guard(route: Route) -> None:
            if route.request.url.startswith((home, "data:", "blob:")):
                route.continue_()
            else:
                problems.append(f"third-party request: {route.request.url}")
                route.abort()

        context = browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(30_000)
        context.route("**/*", guard)
        page = context.new_page()
        page.on("console", note_console)
        page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
        page.on("response", note_response)
        page.on("requestfailed", note_failure)
        page.goto(home + path, wait_until="load")
        yield page
        page.wait_for_load_state("networkidle")
        context.close()
        assert problems == []

    return opened
