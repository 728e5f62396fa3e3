// A button at each piece of code, which copies it.

function buildCopying() {
  for (const pre of document.querySelectorAll("main pre, footer pre")) {
    const button = make("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      button.textContent = (await copied(pre)) ? "Copied" : "Selected";
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2000);
    });
    const whole = make("div", { class: "copied" });
    pre.replaceWith(whole);
    whole.append(pre, button);
  }
}

// Whether the text of an element went to the clipboard; where it may not, it is selected.
async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
}
