"""Pages in a real browser: what a reader does, and what the page then shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import TOOLS, browser, complaints, opened
from conftest import FILES
from pages import EXAMPLES, derived, page_of, parts_of

import symbackprop as sb

pytestmark = [pytest.mark.slow, pytest.mark.needs(*TOOLS)]
NAMES = ("two-layer-bias", "mlp", "softmax-classifier", "batch-norm-layer", "or-gate")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    found = {name: place / f"{name}.html" for name in EXAMPLES}
    for name, path in found.items():
        path.write_text(page_of(name), encoding="utf-8")
    return found


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def click(driver: Any, selector: str) -> None:
    """Click in the middle of the window, where nothing lies over it."""
    element = one(driver, selector)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def put(driver: Any, selector: str, value: float) -> None:
    """Move a slider or fill a field, as the browser tells the page of it."""
    driver.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        one(driver, selector), str(value),
    )  # fmt: skip


def loss(driver: Any) -> float:
    return float(one(driver, "#loss").get_attribute("data-value"))


def test_a_slider_moves_and_three_steps_lose_as_in_numpy(driver: Any, pages: dict[str, Path]) -> None:
    d = derived("two-layer-bias")
    opened(driver, pages["two-layer-bias"])
    put(driver, "#slider-w5", -0.75)
    put(driver, "#slider-i1", 0.5)
    put(driver, "#number-rate", 0.25)
    values = {**d.network.values, "w5": -0.75, "i1": 0.5}
    data = {s.name: values[s.name] for s in (*d.network.inputs, *d.network.targets)}
    start = {s.name: values[s.name] for s in d.network.parameters}
    history = sb.train(d, data=data, initial=start, learning_rate=0.25, epochs=3)
    assert loss(driver) == pytest.approx(history.losses[0], rel=1e-12)
    for epoch in (1, 2, 3):
        click(driver, "#step")
        assert one(driver, "#epoch").text == str(epoch)
        assert loss(driver) == pytest.approx(history.losses[epoch], rel=1e-12)
    assert one(driver, "#curve polyline").get_attribute("points").count(",") == 4
    shown = one(driver, "tr[data-row='E'] .result mn").text
    assert float(shown.replace("−", "-")) == pytest.approx(history.losses[3], rel=1e-5)
    assert "(−" in one(driver, "tr[data-row='o1'] .on").text  # the weight that was made negative, in brackets
    click(driver, "#reset")
    assert loss(driver) == pytest.approx(parts_loss(d), rel=1e-12)
    assert complaints(driver) == []


def parts_loss(d: sb.Derivation) -> float:
    return float(sb.lambdify(d)(**d.network.values)[0])


def test_a_matrix_network_and_a_batch_of_scalars_train_as_in_numpy(driver: Any, pages: dict[str, Path]) -> None:
    for name in ("mlp", "or-gate"):
        d = derived(name)
        opened(driver, pages[name])
        data = {s.name: d.network.values[s.name] for s in (*d.network.inputs, *d.network.targets)}
        start = {s.name: d.network.values[s.name] for s in d.network.parameters}
        history = sb.train(d, data=data, initial=start, learning_rate=0.5, epochs=2)
        for _ in range(2):
            click(driver, "#step")
        assert loss(driver) == pytest.approx(history.losses[2], rel=1e-12)
    assert one(driver, "#example").is_displayed()
    assert complaints(driver) == []


def test_running_goes_on_until_it_is_paused(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    opened(driver, pages["or-gate"])
    click(driver, "#run")
    WebDriverWait(driver, 30).until(lambda d: int(one(d, "#epoch").text) > 3)
    click(driver, "#run")
    assert one(driver, "#run").text == "Run"
    stopped = one(driver, "#epoch").text
    assert (
        driver.execute_async_script("setTimeout(() => arguments[0](document.getElementById('epoch').textContent), 400)")
        == stopped
    )


def test_a_weight_shows_its_routes(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    one(driver, "button[data-weight='w1']").send_keys(Keys.ENTER)
    routes = one(driver, "#routes").text
    assert "w₁ → h₁ → aₕ₁ → o₁ → aₒ₁ → E₁ → E: 0.05 · 0.2413 · 0.4 · 0.1868 · 0.7414 · 1 = 0.000668" in routes
    assert routes.count("→ E:") == 2
    assert "2 routes add up to ∂E/∂w₁ = 0.000438568." in routes
    lit = {row.get_attribute("data-row") for row in driver.find_elements("css selector", "tr.lit")}
    assert lit == {"h1", "a_h1", "o1", "o2", "a_o1", "a_o2", "E1", "E2", "E"}
    put(driver, "#slider-i1", 1)
    assert "→ E: 1 · " in one(driver, "#routes").text
    click(driver, "button[data-weight='w1']")
    assert one(driver, "#routes").text == ""


DRAWING = """<svg id="drawn" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90" width="400">
<g class="node" data-name="w1"><circle cx="20" cy="20" r="10"/></g>
<g class="node" data-name="h1"><circle r="1"/></g>
<g class="edge" data-from="w1" data-to="h1"><path d="M0 0"/></g>
<g transform="translate(50 50)"><text class="value" data-of="h1"></text>
<text class="gradient" data-of="h1"></text><text class="gradient" data-of="w1"></text></g></svg>"""


def test_a_drawing_is_filled_and_lit(driver: Any, pages: dict[str, Path], tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.html"
    drawn.write_text(
        page_of("two-layer-bias").replace('<main id="main"', f'{DRAWING}<main id="main"'), encoding="utf-8"
    )
    opened(driver, drawn)
    texts = [text.get_attribute("textContent") for text in driver.find_elements("css selector", "#drawn text[data-of]")]
    assert texts == ["0.3775", "0.008771", "0.0004386"]
    click(driver, "#drawn .node[data-name='w1'] circle")
    assert "w₁ → h₁" in one(driver, "#routes").text
    assert len(driver.find_elements("css selector", "#drawn .on")) == 3
    click(driver, "#next")
    lit = {node.get_attribute("data-name") for node in driver.find_elements("css selector", "#drawn .node.on")}
    assert lit == {"h1", "w1"}


@pytest.mark.parametrize(
    ("name", "by", "formula", "said"),
    [
        ("two-layer-bias", "w₅", "delta_o1*a_h1", "Right at all 5 points"),
        ("two-layer-bias", "w₅", "(a_o1 - t1)*a_o1*(1 - a_o1)*a_h1", "Right at all 5 points"),
        ("two-layer-bias", "w₅", "(aₒ₁ − t₁)·aₒ₁·aₕ₁", "Wrong: it differs from ∂E/∂w₅ at 5 of 5 points (now, point 1"),
        ("two-layer-bias", "w₅", "delta_o9*a_h1", "there is no delta_o9 in this network; did you mean delta_o1?"),
        ("mlp", "W₂", "A1.T @ Delta_Z2", "Right at all 5 points"),
        ("mlp", "W₂", "A1.T @ Delta_Z2 * 2", "Wrong: it differs from ∂E/∂W₂ at 5 of 5 points"),
        ("mlp", "W₂", "Delta_Z2 @ A1", "This cannot be read: 4×1 @ 4×3 does not fit"),
        ("mlp", "W₂", "Delta_Z2", "This cannot be read: it is 4×1, and the gradient is 3×1"),
    ],
)  # fmt: skip
def test_a_gradient_that_is_typed_is_judged(
    driver: Any, pages: dict[str, Path], name: str, by: str, formula: str, said: str
) -> None:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select

    opened(driver, pages[name])
    Select(one(driver, "#judge-by")).select_by_visible_text(by)
    one(driver, "#judge-formula").send_keys(formula, Keys.ENTER)
    judged = one(driver, "#judged").text
    assert said in judged
    if "points" in said:
        assert len(driver.find_elements("css selector", "#judged tbody tr")) == 5
        assert "symbackprop verify" in one(driver, "#live").text
    assert complaints(driver) == []


def test_the_derivation_is_walked_to_its_end_by_keyboard(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    count = len(parts_of("two-layer-bias").marks)
    button = one(driver, "#next")
    for _ in range(count + 2):
        button.send_keys(Keys.ENTER)
    assert one(driver, "#at").text == f"line {count} of {count}"
    assert one(driver, "tr.current").get_attribute("id") == f"eq-{count}"
    assert button.get_attribute("aria-disabled") == "true"
    button.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    assert one(driver, "tr.current").get_attribute("id") == "eq-2"
    one(driver, "#back").send_keys(Keys.SPACE)
    assert one(driver, "tr.current").get_attribute("id") == "eq-1"
    assert len(driver.find_elements("css selector", "[aria-current='step']")) == 1


def test_a_reference_shows_its_line_and_leads_there(driver: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, pages["two-layer-bias"])
    link = one(driver, "a.ref[href='#eq-5']")
    driver.execute_script("arguments[0].focus()", link)
    shown = one(driver, "#shown")
    assert shown.is_displayed()
    assert shown.find_element("css selector", ".rhs").text == one(driver, "#eq-5 .rhs").text
    link.send_keys(Keys.ESCAPE)
    assert not shown.is_displayed()
    link.send_keys(Keys.ENTER)
    assert driver.current_url.endswith("#eq-5")
    assert len(driver.find_elements("css selector", "tr:target")) == 1


def test_without_scripts_the_whole_derivation_is_there_and_nothing_is_dead(driver: Any, pages: dict[str, Path]) -> None:
    opened(driver, pages["two-layer-bias"], scripts=False)
    try:
        rows = driver.find_elements("css selector", "tr[id^='eq-']")
        assert len(rows) == len(parts_of("two-layer-bias").marks)
        assert all(row.is_displayed() for row in rows)
        assert all(why.is_displayed() for why in driver.find_elements("css selector", "tr[id] details[open] > summary"))
        dead = driver.find_elements("css selector", "button, select, input:not(#reasons), .scripted")
        assert dead
        assert not [element for element in dead if element.is_displayed()]
        click(driver, "label[for='reasons']")
        assert not one(driver, "#eq-12 .why").is_displayed()
    finally:
        opened(driver, pages["two-layer-bias"])


def test_formulas_have_their_font(driver: Any, pages: dict[str, Path]) -> None:
    opened(driver, pages["two-layer-bias"])
    loaded = driver.execute_async_script(
        "document.fonts.ready.then(() => arguments[0]([...document.fonts].map(f => [f.family, f.status])))"
    )
    assert loaded == [["Symbackprop Math", "loaded"]] or loaded == [['"Symbackprop Math"', "loaded"]]
    tall = "math => math.getBoundingClientRect().height"
    fraction, name = driver.execute_script(
        "return [document.querySelector('tr[id] .lhs mfrac').closest('math'),"
        f" document.querySelector('#eq-1 .lhs math')].map({tall})"
    )
    assert fraction > 1.6 * name  # MathML is drawn, not written out in a row


# One of all that are alike is marked, and every <details> opened, as what is not drawn has no font.
LEAVES = """
const seen = new Set();
document.querySelectorAll("details").forEach(details => { details.open = true; });
for (const leaf of document.querySelectorAll("math *")) {
  const key = [leaf.localName, leaf.className, leaf.textContent].join("|");
  if (!leaf.children.length && leaf.textContent.trim() && leaf.checkVisibility() && !seen.has(key)) {
    seen.add(key);
    leaf.setAttribute("data-leaf", "");
  }
}
document.fonts.ready.then(() => arguments[0](seen.size));
"""
CORE = {
    "math", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
    "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover",
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_formula_is_drawn_as_one_in_its_font(driver: Any, pages: dict[str, Path], name: str) -> None:
    """Chromium knows every element, lays all of them out as mathematics, and takes no sign from another font."""
    opened(driver, pages[name])
    drawn = driver.execute_script(
        "return [...document.querySelectorAll('math, math *')].filter(e => e.checkVisibility())"
        ".map(e => [e.constructor.name, e.localName, getComputedStyle(e).display].join(' '))"
    )
    elements = {tuple(one.split(" ", 2)) for one in drawn}
    assert {kind for kind, _, _ in elements} == {"MathMLElement"}
    assert {tag for _, tag, _ in elements} <= CORE - {"merror", "mphantom"}
    assert {display for _, _, display in elements} <= {"math", "block math", "table", "table-row", "table-cell"}
    count = driver.execute_async_script(LEAVES)
    assert count > 20
    for domain in ("DOM", "CSS"):
        driver.execute_cdp_cmd(f"{domain}.enable", {})
    root = driver.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    leaves = driver.execute_cdp_cmd("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-leaf]"})["nodeIds"]
    assert len(leaves) == count
    others = []
    for leaf in leaves:
        fonts = driver.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": leaf})["fonts"]
        if not fonts or not all(font["isCustomFont"] for font in fonts):
            others.append(driver.execute_cdp_cmd("DOM.getOuterHTML", {"nodeId": leaf})["outerHTML"])
    assert others == []
    assert complaints(driver) == []


@pytest.mark.parametrize("width", [380, 1280, 1600])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_window(driver: Any, pages: dict[str, Path], name: str, width: int) -> None:
    opened(driver, pages[name], width)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    clipped = driver.execute_script(
        "return [...document.querySelectorAll('math')].filter(m => m.checkVisibility() && !m.closest('.box')"
        " && m.getBoundingClientRect().right > innerWidth).map(m => m.textContent)"
    )
    assert clipped == []


@pytest.mark.needs("axe-core")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_serious_fault(driver: Any, pages: dict[str, Path], name: str, dark: bool) -> None:
    opened(driver, pages[name], dark=dark)
    driver.execute_script(FILES["axe-core"].read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "axe.run().then(r => arguments[0](r.violations.map(v =>"
        " [v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary])))"
    )
    assert [fault for fault in found if fault[0] in ("serious", "critical")] == []


def test_numbers_of_a_layer_are_those_of_numpy(driver: Any, pages: dict[str, Path]) -> None:
    d = derived("batch-norm-layer")
    opened(driver, pages["batch-norm-layer"])
    assert not driver.find_elements("css selector", "#step")
    shown = driver.find_elements("css selector", "tr[data-row='gamma'][data-kind='gradient'] .result mn")
    _, gradients = sb.lambdify(d).forward_backward(**d.network.values)
    found = [float(mn.text.replace("−", "-")) for mn in shown]
    np.testing.assert_allclose(found, np.ravel(gradients["gamma"]), rtol=1e-5)
