"""Chromium, as a reader of pages has it: without a network, at any width, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TOOLS = ("selenium", "chromium", "chromedriver")


@contextmanager
def browser() -> Iterator[Any]:
    """A browser that reaches no network."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--proxy-server=127.0.0.1:9",
    ):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(300)
    try:
        yield driver
    finally:
        driver.quit()


def opened(driver: Any, page: Path, width: int = 1280, dark: bool = False, scripts: bool = True) -> None:
    """Open a page as it was never opened before."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    driver.get(page.as_uri())


def complaints(driver: Any) -> list[str]:
    """What the browser says is wrong with the page."""
    return [entry["message"] for entry in driver.get_log("browser")]
