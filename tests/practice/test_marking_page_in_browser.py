"""Worksheets in a real browser: answers are typed, marked, and taken along as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import TOOLS, browser, complaints, opened
from conftest import FILES
from sheets import key_of, saved, sheet_of

pytestmark = [pytest.mark.slow, pytest.mark.needs(*TOOLS)]
SHEETS = (("two-layer-bias", 2), ("mlp", 3), ("smooth-l1-relu", 1))


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("sheets")
    for name, level in SHEETS:
        (place / name).mkdir()
        saved(sheet_of(name, level), place / name)
    return {name: place / name / "net-worksheet.html" for name, _ in SHEETS}


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def click(driver: Any, selector: str) -> None:
    element = one(driver, selector)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def fill(driver: Any, answers: dict[str, str]) -> None:
    for label, answer in answers.items():
        one(driver, f"#answer-{label}").send_keys(answer)


@pytest.mark.parametrize(("name", "level"), SHEETS)
def test_a_sheet_that_is_filled_in_from_its_key_scores_in_full(
    driver: Any, pages: dict[str, Path], name: str, level: int
) -> None:
    sheet = sheet_of(name, level)
    opened(driver, pages[name])
    fill(driver, {each.label: key_of(each, sheet) for each in sheet.exercises})
    click(driver, "#mark")
    count = len(sheet.exercises)
    assert one(driver, "#score").text == f"{count} of {count} right"
    assert sheet.mark(one(driver, "#answers").get_attribute("textContent")).score == f"{count} of {count} right"
    assert complaints(driver) == []


def test_each_answer_is_told_what_it_is(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    assert not [b for b in driver.find_elements("css selector", ".show") if b.is_displayed()]
    fill(driver, {
        "1a": "(a_o1 - t1)*a_o1*(1 - a_o1)", "1b": "a_h1*(1 - a_h1)*delta_o1*w5", "2b": "δ_o1 + ", "3a": "0.14",
        "3b": "-0.00877", "3c": "0.0822",
    })  # fmt: skip
    one(driver, "#answer-3c").send_keys(Keys.ENTER)
    assert one(driver, "#score").text == "2 of 8 right"
    said = {label: one(driver, f"#said-{label}").text for label in ("1a", "1b", "2a", "2b", "3a", "3b", "3c", "3d")}
    assert said["1a"].startswith("right at all 8 points")
    assert said["1b"].startswith("wrong: it differs at 8 of 8 points")
    assert said["2a"] == said["3d"] == "empty"
    assert said["2b"].startswith("This cannot be read: there is no δ_o1 in this network")
    assert said["3a"] == "wrong: it is near, but not to as many digits as are asked"
    assert said["3b"] == "wrong: it has the other sign"
    assert said["3c"] == "right"
    invalid = {label for label in said if one(driver, f"#answer-{label}").get_attribute("aria-invalid") == "true"}
    assert invalid == {"1b", "2b", "3a", "3b"}
    shown = {label for label in said if one(driver, f"#said-{label} + .show").is_displayed()}
    assert shown == set(said) - {"2a", "3d"}
    click(driver, "#said-1b summary")
    rows = driver.find_elements("css selector", "#said-1b tbody tr")
    assert len(rows) == 8
    assert all("differs" in row.text and "w₅ = " in row.text for row in rows)
    one(driver, "#answer-3a").send_keys("1")
    assert one(driver, "#said-3a").text == ""
    assert one(driver, "#score").text == ""
    assert complaints(driver) == []


def test_an_answer_is_shown_after_an_attempt_and_reset_forgets_all(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    one(driver, "#answer-3a").send_keys("3", Keys.ENTER)
    button = one(driver, "#said-3a + .show")
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "true"
    assert one(driver, "#shown-3a").text == "delta_o1 = 0.138499"
    button.send_keys(Keys.SPACE)
    assert not one(driver, "#shown-3a").is_displayed()
    one(driver, "#answer-1a").send_keys("a_o1", Keys.ENTER)
    click(driver, "#said-1a + .show")
    assert "The formula stands in the key." in one(driver, "#shown-1a").text
    assert len(driver.find_elements("css selector", "#shown-1a tbody tr")) == 8
    click(driver, "#reset")
    assert one(driver, "#score").text == ""
    assert [f.get_attribute("value") for f in driver.find_elements("css selector", "input.answer")] == [""] * 8
    assert not [p for p in driver.find_elements("css selector", ".said p, .show, .told p") if p.is_displayed()]
    assert driver.switch_to.active_element.get_attribute("id") == "answer-1a"


def test_the_file_is_filled_in_and_can_be_saved(driver: Any, pages: dict[str, Path]) -> None:
    from urllib.parse import unquote

    opened(driver, pages["two-layer-bias"])
    fill(driver, {"1a": "δₒ₁ # mine", "3d": " 0.5 "})
    text = one(driver, "#answers").get_attribute("textContent")
    sheet = sheet_of("two-layer-bias", 2)
    assert text == sheet.answers.replace("\n1a:\n", "\n1a: δₒ₁\n").replace("\n3d:\n", "\n3d: 0.5\n")
    link = one(driver, "#save")
    assert link.get_attribute("download") == "net-answers.txt"
    assert unquote(link.get_attribute("href").partition(",")[2]) == text
    click(driver, "#points summary")
    assert "δₕ₁" in one(driver, "#points").text


def test_the_keyboard_alone_does(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    one(driver, "#answer-3c").send_keys("0.0822")
    reached = []
    for _ in range(40):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        reached.append(driver.switch_to.active_element.get_attribute("id"))
        if reached[-1] == "mark":
            break
    assert "answer-3d" in reached
    ActionChains(driver).send_keys(Keys.SPACE).perform()
    assert one(driver, "#score").text == "1 of 8 right"
    assert one(driver, "#score").get_attribute("aria-live") == "polite"


def test_without_scripts_the_sheet_has_rules_to_write_on_and_nothing_dead(driver: Any, pages: dict[str, Path]) -> None:
    opened(driver, pages["two-layer-bias"], scripts=False)
    try:
        rules = driver.find_elements("css selector", ".rule")
        assert len(rules) == 8
        assert all(rule.is_displayed() and rule.size["width"] > 100 for rule in rules)
        dead = driver.find_elements("css selector", "button, input, a[download], output, .scripted")
        assert dead
        assert not [element for element in dead if element.is_displayed()]
    finally:
        opened(driver, pages["two-layer-bias"])


def test_on_paper_there_are_rules_and_no_buttons(driver: Any, pages: dict[str, Path]) -> None:
    opened(driver, pages["two-layer-bias"])
    fill(driver, {"3a": "3"})
    click(driver, "#mark")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not [b for b in driver.find_elements("css selector", "button, #answers") if b.is_displayed()]
        edges = "const s = getComputedStyle(arguments[0]); return [s.borderTopWidth, s.borderBottomWidth]"
        fields = driver.find_elements("css selector", "input.answer")
        assert {tuple(driver.execute_script(edges, field)) for field in fields} == {("0px", "1px")}
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("width", [380, 1280])
@pytest.mark.parametrize("name", [name for name, _ in SHEETS])
def test_nothing_is_wider_than_the_window(driver: Any, pages: dict[str, Path], name: str, width: int) -> None:
    opened(driver, pages[name], width)
    fill(driver, {"1a": "1", "2a": "(" * 60})
    click(driver, "#mark")
    for summary in driver.find_elements("css selector", ".said summary"):
        driver.execute_script("arguments[0].parentElement.open = true", summary)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.needs("axe-core")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [name for name, _ in SHEETS])
def test_axe_finds_no_serious_fault(driver: Any, pages: dict[str, Path], name: str, dark: bool) -> None:
    opened(driver, pages[name], dark=dark)
    fill(driver, {"1a": "1", "2a": "2 +"})
    click(driver, "#mark")
    for opener in driver.find_elements("css selector", ".said summary, .show"):
        if opener.is_displayed():
            driver.execute_script("arguments[0].click()", opener)
    driver.execute_script(FILES["axe-core"].read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "axe.run().then(r => arguments[0](r.violations.map(v =>"
        " [v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary])))"
    )
    assert [fault for fault in found if fault[0] in ("serious", "critical")] == []
