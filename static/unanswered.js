"use strict";
/* The page that is shown while the database does not answer: it asks again by itself what became of the entry, or for the page. */
(() => {
  const AGAIN = 2000, ANSWERS = 6000, COVERED_AFTER = 120000; // ms
  const entry = document.querySelector("[data-entry]");
  const waits = document.querySelector("[data-entry-waits]");
  if (waits) waits.hidden = false;

  // --- A page that was only to be read comes by itself.
  const back = async () => {
    let answer = null;
    try {
      if (!document.hidden) answer = await fetch("/health/ready", { cache: "no-store", signal: AbortSignal.timeout(ANSWERS) });
    } catch { /* no answer is an answer to ask again */ }
    if (answer && answer.ok) location.reload();
    else setTimeout(back, AGAIN);
  };
  if (document.querySelector("[data-returns]")) setTimeout(back, AGAIN);

  // --- An entry: recorded, not recorded, or checking. It is sent again by a press, never by itself.
  const form = entry && entry.querySelector("[data-entry-form]");
  if (!form) return;
  const words = entry.querySelector("[data-entry-words]");

  // --- It may stand on a ward's screen for hours, and no session can lock it: left alone, it shows nobody's values.
  const cover = entry.querySelector("[data-cover]");
  const uncover = cover.querySelector("[data-uncover]");
  let alone = 0;
  const acted = () => {
    clearTimeout(alone);
    alone = setTimeout(() => { form.hidden = true; cover.hidden = false; }, COVERED_AFTER);
  };
  for (const what of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"]) addEventListener(what, acted, { passive: true });
  uncover.addEventListener("click", () => {
    form.hidden = false;
    cover.hidden = true;
    acted();
    form.querySelector("[data-entry-button]").focus();
  });
  acted();

  const tell = (state, heading, text) => {
    entry.dataset.entry = state;
    entry.querySelector("[data-entry-title]").textContent = heading;
    document.title = `${heading} · crsweb`;
    const strong = document.createElement("strong");
    strong.textContent = text;
    words.replaceChildren(strong);
    waits.hidden = true;
  };
  const stop = self.askEntry(entry.dataset.submission, (state, page, next) => {
    if (state === "recorded") {
      tell(state, "Recorded", "It is in the record, once. Nothing more is to be done here.");
      const link = document.createElement("a");
      link.className = "button button-main";
      link.href = page;
      link.textContent = "Look at the record";
      form.replaceWith(link);
      cover.remove();
    } else if (state === "not-recorded") {
      form.querySelector("[name=in_doubt]")?.remove();
      form.querySelector("[name=submission_id]").value = next; // nothing is recorded any more under the one that was asked for
      tell(state, "Not recorded", "The database answers again, and this entry is not in the record. Look at what you typed, and record it now.");
    } else if (state === "not-told") {
      waits.hidden = true;
      words.append(" Whether it is recorded cannot be said here: look at the record.");
    } else {
      waits.hidden = true;
      words.append(" You are signed out. Press the button and sign in: the form comes again with what you typed. Look at it, and record it there.");
    }
  });
  form.addEventListener("submit", stop);
})();
