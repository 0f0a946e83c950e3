"use strict";
/* What is typed in a patient's form is kept on the server as a draft while it is typed, and nowhere in this browser. */
for (const form of document.querySelectorAll("form[data-draft]")) {
  const kept = form.querySelector("[data-draft-kept]");
  const lost = form.querySelector("[data-draft-lost]");
  const line = lost.closest(".record-bar") ? null : lost.parentElement;
  const QUIET = 2000; // after the last key
  const LONGEST = 10000; // in spite of keys
  const AGAIN = 4000; // while there is no connection
  const now = document.body.dataset.now || ""; // the ward's clock: a workstation's may be wrong
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(now) || [null, "+", "0", "0"];
  const east = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
  const ahead = (Date.parse(now) || Date.now()) - Date.now();
  const clock = () => new Date(Date.now() + ahead + east).toISOString().slice(11, 16);

  let typed = form.querySelector("[data-error-summary]") ? 1 : 0; // states of the form that a person made
  let saved = 0; // the last of them that the server has
  let waiting = 0;
  let first = 0; // when the oldest state that is not kept came about
  let running = null;
  let since = ""; // when the connection was lost
  let over = false; // recorded, or leaving: nothing more is to be kept

  const say = (where, words) => {
    if (where.textContent !== words) where.textContent = words;
    if (line) line.classList.toggle("record-bar", Boolean(lost.textContent)); // it stays in sight
  };
  const plan = () => {
    if (over) return;
    clearTimeout(waiting);
    const quiet = since ? AGAIN : Math.min(QUIET, Math.max(0, first + LONGEST - Date.now()));
    waiting = setTimeout(keep, quiet);
  };
  const changed = () => {
    if (typed === saved) first = Date.now();
    typed += 1;
    plan();
  };
  const content = () => {
    const data = new FormData(form);
    data.delete("step_up"); // a password or a code: it goes nowhere but into the record's own request
    return new URLSearchParams(data);
  };
  const send = (leaving) =>
    fetch(form.dataset.draft, {
      method: "POST", body: content(), headers: { "HX-Request": "true" },
      redirect: "error", cache: "no-store", keepalive: leaving, signal: leaving ? undefined : AbortSignal.timeout(8000),
    });
  /* Resolves to whether the server has what is in the form now. */
  const keep = async () => {
    clearTimeout(waiting);
    if (running) await running;
    if (over || saved === typed) return true;
    const state = typed;
    running = attempt(state);
    const done = await running;
    running = null;
    if (done && typed !== state) first = Date.now();
    if (saved !== typed) plan();
    return done;
  };
  const attempt = async (state, leaving = false) => {
    try {
      const answer = await send(leaving);
      if (answer.status >= 500) throw new Error(String(answer.status));
      const said = answer.headers.get("X-Draft") || "lost";
      since = "";
      saved = state;
      const at = answer.headers.get("X-Draft-At") || clock();
      say(kept, said === "kept" ? `Kept as your draft at ${at}. Not recorded.` : "");
      if (said === "kept") say(lost, why(answer));
      else if (said === "lost") say(lost, "Not saved as a draft: too long, opened over a day ago, or the patient is no longer on your wards.");
      else if (!over) say(lost, RECORDED);
      if (said === "recorded") over = true;
      return true;
    } catch {
      since = since || clock();
      say(kept, "");
      say(lost, `Not saved as a draft: connection lost since ${since}`);
      return false;
    }
  };
  const RECORDED = "This form was recorded before; what is typed now is not kept as a draft. Look at the record before you chart it again.";
  const why = (answer) => {
    if (answer.ok) return "";
    if (answer.status === 409) return "Somebody else is signed in here. What was typed is kept as a draft of who opened this form.";
    return "Signed out. What you typed is kept as your draft: open this page again, sign in, and go on.";
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  addEventListener("online", () => saved !== typed && keep());
  document.addEventListener("locking", () => saved !== typed && keep());
  form.addEventListener("recorded", () => (over = true));
  form.addEventListener("signed-in", () => say(lost, ""));
  if (typed) changed();

  // A closed lid, a closed tab, a crash after this moment.
  const leave = async () => {
    if (over || saved === typed || !navigator.onLine) return;
    saved = typed; // not again at the next sign of leaving
    if (!(await attempt(typed, true))) saved = -1;
    if (saved !== typed) plan(); // if the page is still there
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());

  // «Escalate now» leaves the form with its draft kept; a form that is sent by the browser itself is kept first.
  const NO_DRAFT = "No connection: the draft could not be kept, and no concern was recorded. Call. Nothing typed here is lost.";
  let passes = false;
  addEventListener("submit", async (event) => {
    if (event.target !== form || passes) return;
    const button = event.submitter;
    const leaves = button?.hasAttribute("data-leave");
    if (event.defaultPrevented && !leaves) return; // the form's own script records
    event.preventDefault();
    const done = await keep();
    if (!done) return say(lost, leaves ? NO_DRAFT : `Not recorded: connection lost since ${since}. Nothing typed here is lost: try again.`);
    over = true;
    if (leaves) return location.assign(button.dataset.leave);
    passes = true;
    return setTimeout(() => form.requestSubmit(button)); // not while this very event is on its way: it would be ignored
  });
  // A link that leaves the page waits for the draft, so that the page it leads to knows of it.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = link && !link.target && link.origin === location.origin && link.pathname !== location.pathname;
    if (!elsewhere || saved === typed || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    await Promise.race([keep(), new Promise((done) => setTimeout(done, 1500))]);
    location.assign(link.href);
  });
}
