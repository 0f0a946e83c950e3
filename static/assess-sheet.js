"use strict";
/* The assessment sheet as it is filled in: offers, vasopressor rows, keys. It changes fields only where a person asked for it. */
(() => {
  const form = document.getElementById("assess");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);

  // --- Offers fill in what was plainly meant; the value can still be changed.
  form.addEventListener("click", (event) => {
    const offer = event.target.closest("button[name=fill]");
    if (!offer) return;
    event.preventDefault();
    const [name, ...value] = offer.value.split("=");
    const target = field(name);
    if (!target) return;
    target.value = value.join("=");
    target.focus();
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- Vasopressor rows.
  const rows = form.querySelector("[data-rows]");
  if (rows) {
    const blank = form.querySelector("template[data-blank-row]");
    const add = form.querySelector("[data-add-agent]");
    const untouched = (row) => !row.dataset.token && [...row.querySelectorAll("input, select")].every((one) => !one.value);
    const spare = [...rows.children].filter(untouched);
    for (const row of spare.slice(1)) row.remove(); // without a script there are several
    add.hidden = false;
    add.addEventListener("click", () => {
      const used = [...form.elements].map((one) => /^vasopressors-(\d+)-/.exec(one.name)).filter(Boolean).map((found) => Number(found[1]));
      const next = Math.max(-1, ...used) + 1;
      const holder = document.createElement("div");
      holder.innerHTML = blank.innerHTML.replaceAll("vasopressors-99-", `vasopressors-${next}-`);
      const row = holder.firstElementChild;
      rows.append(row);
      row.querySelector("select").focus();
      row.dispatchEvent(new Event("input", { bubbles: true })); // the form has more fields now: its digest is another
    });
    rows.addEventListener("input", (event) => {
      const row = event.target.closest("[data-row]");
      if (!row?.dataset.token) return;
      const answers = [...row.querySelectorAll("input[type=radio]")];
      if (event.target.type === "radio") {
        if (event.target.value !== "new") for (const one of row.querySelectorAll(".agent-details :is(input, select)")) if (!one.name.endsWith("-unit")) one.value = "";
      } else if (event.target.value) for (const one of answers) one.checked = one.value === "new";
    }, true);
  }

  // --- «Unchanged»: the agents' own answers say the same.
  const same = field("vasopressors_same");
  const answers = () => [...form.querySelectorAll("[data-row][data-token] input[type=radio]")];
  form.addEventListener("change", (event) => {
    if (!same) return;
    if (event.target === same) for (const one of answers()) one.checked = same.checked && one.value === "same";
    else if (event.target.type === "radio" && event.target.closest("[data-token]")) same.checked = answers().filter((one) => one.checked).every((one) => one.value === "same") && same.checked;
  }, true);

  // --- Keys: Enter moves on, past what an answer leaves nothing to say about; Ctrl+Enter records.
  const stops = () => [...form.querySelectorAll("input:not([type=hidden]), select, textarea, summary, button[data-record], [data-add-agent]")].filter((one) => !one.disabled && one.getClientRects().length && one.checkVisibility());
  const done = (from) => { // the part of the sheet that the answer in `from` completes
    if (from.matches("[name=oxygen_same], [name=vasopressors_same], [name=vasopressors_none]") && from.checked) return from.closest(".sheet");
    if (from.name === "oxygen_device" && from.value === "room-air") return from.closest(".sheet");
    if (from.name?.endsWith("-agent") && !from.value) return from.closest(".sheet");
    return null;
  };
  const next = (from) => {
    const all = stops();
    const part = done(from);
    let at = all.indexOf(from) + 1;
    while (part?.contains(all[at])) at += 1;
    while (all[at]?.type === "radio" && all[at].name === from.name) at += 1; // a group of radio buttons is one stop
    if (from.name === "systolic" && from.value.includes("/")) while (["diastolic", "mean"].includes(all[at]?.name)) at += 1;
    all[at]?.focus();
    all[at]?.select?.();
  };
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-record]"));
    } else if (event.target.matches("input, select")) {
      event.preventDefault();
      next(event.target);
    }
  });
})();
