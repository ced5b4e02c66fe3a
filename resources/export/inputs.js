/* Fields that HTML does not have: items to put in order, and a text to redact word by word. */
"use strict";
window.GreenroomInputs = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // -- putting in order -------------------------------------------------------------------------------------------------

  function number(list) {
    all("[data-item]", list).forEach((item, at, items) => {
      one("[data-do=up]", item).classList.toggle("end", at === 0);
      one("[data-do=down]", item).classList.toggle("end", at === items.length - 1);
    });
  }

  /* moved is told the item's text, its place from 1, and how many there are. */
  function connectOrder(list, moved) {
    const items = () => all("[data-item]", list);
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do=up], [data-do=down]");
      if (!button) return;
      const item = button.closest("[data-item]");
      if (button.dataset.do === "up") item.previousElementSibling?.before(item);
      else item.nextElementSibling?.after(item);
      number(list);
      button.focus();
      const text = one(".words", item).textContent;
      moved({ text, n: items().indexOf(item) + 1, count: items().length });
    });
    list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest("[data-item]");
      if (!item || event.button || event.target.closest("button, a") || item.closest(".locked")) return;
      if (event.pointerType === "touch" && !event.target.closest(".grip")) return; // a finger on the text scrolls
      event.preventDefault(); // else the text is selected while dragging
      item.classList.add("dragged");
      const move = (at) => {
        const over = items().find((other) => {
          const box = other.getBoundingClientRect();
          return other !== item && at.clientY >= box.top && at.clientY < box.bottom;
        });
        if (!over) return;
        const box = over.getBoundingClientRect();
        if (at.clientY < box.top + box.height / 2) over.before(item);
        else over.after(item);
      };
      const end = () => {
        item.classList.remove("dragged");
        number(list);
        removeEventListener("pointermove", move);
      };
      addEventListener("pointermove", move);
      addEventListener("pointerup", end, { once: true });
      addEventListener("pointercancel", end, { once: true });
    });
  }

  // -- redacting --------------------------------------------------------------------------------------------------------

  const isHidden = (piece) => piece.getAttribute("aria-checked") === "true";

  function hide(piece, hidden) {
    piece.setAttribute("aria-checked", String(hidden));
  }

  function connectRedaction(form) {
    const pieces = all("[data-t]", form);
    const locked = () => form.classList.contains("locked");
    let drawing = null;
    form.addEventListener("pointerdown", (event) => {
      const piece = event.target.closest("[data-t]");
      if (!piece || event.button || locked()) return;
      event.preventDefault();
      drawing = !isHidden(piece);
      hide(piece, drawing);
      focus(piece);
    });
    form.addEventListener("pointerover", (event) => {
      const piece = event.target.closest("[data-t]");
      if (piece && drawing !== null) hide(piece, drawing);
    });
    addEventListener("pointerup", () => { drawing = null; });
    const focus = (piece) => {
      pieces.forEach((other) => { other.tabIndex = other === piece ? 0 : -1; });
      piece.focus();
    };
    form.addEventListener("keydown", (event) => {
      const at = pieces.indexOf(event.target);
      if (at < 0) return;
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: above(at, -1), ArrowDown: above(at, 1), Home: 0, End: pieces.length - 1 }[event.key];
      if (event.key === " " || event.key === "Enter") {
        if (!locked()) hide(pieces[at], !isHidden(pieces[at]));
      } else if (to !== undefined) {
        const target = Math.min(Math.max(0, to), pieces.length - 1);
        if (event.shiftKey && !locked()) pieces.slice(Math.min(at, target), Math.max(at, target) + 1).forEach((piece) => hide(piece, true));
        focus(pieces[target]);
      } else return;
      event.preventDefault();
    });
    /* The piece nearest in the line above or below. */
    const above = (at, direction) => {
      const from = pieces[at].getBoundingClientRect();
      let best = at, best_distance = Infinity, line = null;
      for (let to = at + direction; to >= 0 && to < pieces.length; to += direction) {
        const box = pieces[to].getBoundingClientRect();
        if (Math.abs(box.top - from.top) < from.height / 2) continue;
        line ??= box.top;
        if (Math.abs(box.top - line) >= from.height / 2) break;
        const distance = Math.abs(box.left - from.left);
        if (distance < best_distance) [best, best_distance] = [to, distance];
      }
      return best;
    };
  }

  return { number, hide, connectOrder, connectRedaction };
})();
