"use strict";
/* The page that is shown while the database does not answer: it asks again by itself what became of the entry, or for the page. */
(() => {
  const AGAIN = 2000, ANSWERS = 6000; // ms
  const entry = document.querySelector("[data-entry]");
  const page = document.querySelector("[data-returns]");
  const waits = document.querySelector("[data-entry-waits]");
  if (waits) waits.hidden = false;
  const ask = async (address) => {
    try {
      return await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(ANSWERS) });
    } catch {
      return null; // no answer is an answer to ask again
    }
  };

  // --- A page that was only to be read comes by itself.
  const back = async () => {
    const answer = document.hidden ? null : await ask("/health/ready");
    if (answer && answer.ok) location.reload();
    else setTimeout(back, AGAIN);
  };
  if (page) setTimeout(back, AGAIN);

  // --- An entry: recorded, not recorded, or checking. Nothing is sent again without a press.
  if (!entry || entry.dataset.entry === "recorded") return;
  const title = entry.querySelector("[data-entry-title]");
  const words = entry.querySelector("[data-entry-words]");
  const form = entry.querySelector("[data-entry-form]");
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  const tell = (state, heading, text) => {
    entry.dataset.entry = state;
    title.textContent = heading;
    document.title = `${heading} · crsweb`;
    const strong = document.createElement("strong");
    strong.textContent = text;
    words.replaceChildren(strong);
    waits.hidden = true;
  };
  const look = async () => {
    const answer = await ask(entry.dataset.ask);
    if (sending) return;
    const state = answer && answer.ok ? answer.headers.get("X-Entry") : "";
    if (state === "recorded") {
      tell(state, "Recorded", "It is in the record, once. Nothing more is to be done here.");
      const link = document.createElement("a");
      link.className = "button button-main";
      link.href = answer.headers.get("X-Entry-Page") || "/";
      link.textContent = "Look at the record";
      form.replaceWith(link);
    } else if (state === "not-recorded") {
      form.querySelector("[name=in_doubt]")?.remove();
      tell(state, "Not recorded", "The database answers again. This entry is not in the record: look at what you typed, and record it now.");
    } else if (answer && answer.status === 401) {
      tell(entry.dataset.entry, title.textContent, "You are signed out: press the button, sign in, and look at the record.");
    } else setTimeout(look, AGAIN);
  };
  setTimeout(look, AGAIN);
})();
