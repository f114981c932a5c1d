// Boxes that scroll sideways (long equations, wide tables, output) can be reached by keyboard.
// Only those that really overflow become a stop of the Tab key, and only while they do.
"use strict";

(() => {
  const boxes = document.querySelectorAll(
    "div.math, .bd-article pre, .pst-scrollable-table-container, .cell_output .output"
  );

  const update = (box) => {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Scrolls sideways");
    } else if (box.getAttribute("aria-label") === "Scrolls sideways") {
      ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
    }
  };

  const observer = new ResizeObserver((entries) => entries.forEach((e) => update(e.target)));
  boxes.forEach((box) => observer.observe(box));
  // a font that arrives late makes an equation wider without making its box wider; some are asked
  // for only when a solution is opened
  const all = () => boxes.forEach(update);
  document.fonts.ready.then(all);
  document.fonts.addEventListener("loadingdone", all);
})();
