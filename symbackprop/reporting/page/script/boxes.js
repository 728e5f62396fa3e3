// A box that is wider than its place can be scrolled by keyboard, too.
function buildBoxes() {
  const boxes = [...document.querySelectorAll(".box, .picture, .formula .rhs")];
  const look = () => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.setAttribute("tabindex", "0");
      } else {
        box.removeAttribute("tabindex");
      }
    }
  };
  look();
  addEventListener("resize", look);
  document.fonts?.ready.then(look);
}
