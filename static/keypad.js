"use strict";
/* A keypad for gloved hands: on a workstation that is touched, numbers are typed on keys of 72 px instead of the system's keyboard. */
(() => {
  const form = document.getElementById("assess");
  const room = matchMedia("(pointer: coarse) and (min-width: 40rem) and (min-height: 37rem)"); // a phone's own keyboard is the smaller one
  if (!form || !room.matches) return;
  const KEYS = ["1", "2", "3", "4", "5", "6", "back", "7", "8", "9", "0", ".", "/", "next"];
  const SAID = { back: "Delete", next: "Next", ".": "Point", "/": "Slash" };
  const SHOWN = { back: "Delete", next: "Next" };
  const numbers = "input[inputmode=decimal], input[inputmode=numeric]";
  const pad = document.createElement("div");
  pad.className = "keypad";
  pad.hidden = true;
  pad.setAttribute("role", "group");
  pad.setAttribute("aria-label", "Keypad");
  for (const key of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.tabIndex = -1; // a keyboard has keys of its own
    button.dataset.key = key;
    button.textContent = SHOWN[key] || key;
    if (SAID[key] && !SHOWN[key]) button.setAttribute("aria-label", SAID[key]);
    pad.append(button);
  }
  document.querySelector("main").append(pad);
  let field = null;
  const open = (input) => {
    field = input;
    pad.hidden = !input;
    document.documentElement.classList.toggle("keypad-open", Boolean(input));
  };
  const take = (target) => {
    const input = room.matches && target.matches(`${numbers}, [data-keypad]`) ? target : null;
    if (input) {
      input.dataset.keypad = "";
      input.inputMode = "none"; // the system's keyboard would cover the form
    }
    open(input);
    if (input) input.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("focusin", (event) => take(event.target));
  form.addEventListener("click", (event) => event.target === document.activeElement && take(event.target));
  take(document.activeElement);
  document.addEventListener("focusout", (event) => event.relatedTarget || setTimeout(() => document.activeElement === document.body && open(null)));
  pad.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (!key || !field) return;
    if (key === "next") {
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      return;
    }
    const [from, to] = [field.selectionStart, field.selectionEnd];
    field.setRangeText(key === "back" ? "" : key, key === "back" && from === to ? Math.max(0, from - 1) : from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
