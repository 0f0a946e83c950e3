"use strict";
/* A workstation left alone: warned a minute before, then covered until the same person unlocks it. The server ends the
   session by its own clock; what is done here is for whoever stands before the screen. */
(() => {
  const lock = document.querySelector("[data-lock]");
  if (!lock) return;
  const warning = document.querySelector("[data-lock-warning]");
  const countdown = warning.querySelector("[data-lock-seconds]");
  const error = lock.querySelector("[data-unlock-error]");
  const password = lock.querySelector("[name=password]");
  const second = lock.querySelector("[data-second]");
  const { user, name, presence, lockAt, signInAt, secondAt } = lock.dataset;
  const TOLD_EVERY = 15000; // as crsweb.presence
  const title = document.title;
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("crsweb") : null;
  const tell = (what) => channel && channel.postMessage(what);

  // The greater of what both clocks say has passed: one stands still in a closed lid, the other may be set.
  const mark = () => ({ clock: Date.now(), steady: performance.now() });
  const since = (then) => Math.max(Date.now() - then.clock, performance.now() - then.steady) / 1000;
  let allowed = Number(lock.dataset.left); // seconds from an activity, as the server said last: the opening is one
  let idle = { from: mark(), seconds: allowed };
  let told = mark();
  let trailing = 0;
  let locked = false;
  let opened = null; // the window in which who is locked out signs in

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  const ask = (method) =>
    fetch(presence, {
      method, headers: { "HX-Request": "true", "X-CSRFToken": token() }, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(4000),
    });
  const again = (seconds = allowed) => {
    idle = { from: mark(), seconds };
    warning.hidden = true;
  };
  /* Takes the token and the time of the session that there is now, where it is the same person's. Another one sees a
     fresh page; not in place of a locked one, where something of its owner may stand. */
  const renew = async () => {
    const answer = await ask("GET");
    if (!answer.ok) return false;
    const now = await answer.json();
    if (String(now.user) !== user) {
      if (locked) error.textContent = "Somebody else is signed in here now. To go on as them, load this page anew: what was typed in it is gone then.";
      else location.reload();
      return false;
    }
    allowed = now.left;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = now.token;
    return true;
  };
  const say = async () => {
    trailing = 0;
    told = mark();
    try {
      let answer = await ask("POST");
      if (answer.status === 403 && (await renew())) answer = await ask("POST"); // signed in anew in another window
      if (answer.status === 401) cover();
      if (answer.ok) allowed = (await answer.json()).left;
    } catch { /* the server's own clock decides */ }
  };
  const acted = (event) => {
    if (locked || !event.isTrusted) return;
    again();
    tell("active");
    if (trailing) return;
    const wait = TOLD_EVERY - since(told) * 1000;
    trailing = setTimeout(say, Math.max(0, wait));
  };
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, acted, { capture: true, passive: true });

  const cover = () => {
    if (locked) return;
    locked = true;
    warning.hidden = true;
    error.textContent = "";
    if (password) {
      password.value = "";
      second.hidden = true;
    }
    document.body.classList.add("locked");
    document.title = "Locked · crsweb";
    if (!lock.open) lock.showModal();
    (password || lock.querySelector("[data-elsewhere]")).focus();
  };
  const uncover = () => {
    locked = false;
    document.body.classList.remove("locked");
    document.title = title;
    lock.close();
    again();
  };
  /* What is typed is on the server before the session ends: every form that keeps drafts has a moment to do so. */
  const finish = async () => {
    document.dispatchEvent(new CustomEvent("locking"));
    try {
      const answer = await ask("GET");
      if (answer.ok && (await answer.json()).left > 5) return uncover(); // active in another window
      if (answer.ok) await fetch(lockAt, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": token() }, cache: "no-store", redirect: "error" });
    } catch { /* no connection: it stays covered, and the server ends the session by itself */ }
    return tell("locked");
  };
  const look = () => {
    if (locked) return;
    const left = idle.seconds - since(idle.from);
    if (left <= 0) {
      cover();
      finish();
      return;
    }
    const shown = left <= Math.min(60, allowed / 2);
    warning.hidden = !shown;
    if (shown) countdown.textContent = String(Math.ceil(left));
  };
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  if (channel) {
    channel.addEventListener("message", (event) => {
      if (event.data === "active" && !locked) again();
      if (event.data === "locked") cover();
      if (event.data === "unlocked") (locked ? take() : document.dispatchEvent(new CustomEvent("signed-in-elsewhere")));
    });
    tell("unlocked"); // who opens a page is signed in: a page of theirs that is locked goes on
  }
  // What cannot be asked in this page (a second factor, the hospital's own sign-in) is asked in another window.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-elsewhere]");
    if (!link) return;
    opened = open(link.href);
    if (opened) event.preventDefault(); // else the link opens it
  });
  document.addEventListener("signed-in", () => {
    opened?.close();
    opened = null;
  }, true);

  lock.addEventListener("cancel", (event) => event.preventDefault());
  lock.addEventListener("close", () => locked && lock.showModal()); // a second Escape closes it all the same

  const tokenIn = (text) => new DOMParser().parseFromString(text, "text/html").querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  /* Goes on in the session that there is now. */
  const take = async () => {
    if (!(await renew())) return false;
    uncover();
    for (const form of document.querySelectorAll("form")) form.dispatchEvent(new CustomEvent("signed-in"));
    return true;
  };
  lock.querySelector("[data-unlock]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = password.value;
    password.value = "";
    error.textContent = "";
    if (!typed) {
      error.textContent = "Type your password.";
      return password.focus();
    }
    try {
      let page = await fetch(signInAt, { cache: "no-store" });
      if (page.redirected) { // the session has not ended yet: it does now
        await fetch(lockAt, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": tokenIn(await page.text()) }, cache: "no-store" });
        page = await fetch(signInAt, { cache: "no-store" });
      }
      const body = new URLSearchParams({ csrfmiddlewaretoken: tokenIn(await page.text()), login: name, password: typed });
      const answer = await fetch(signInAt, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
      if (answer.status === 429) error.textContent = "Locked after too many wrong passwords. The charge nurse unlocks your name under «Locked names».";
      else if (!answer.ok) error.textContent = (await answer.json()).form.errors.join(" ");
      else if ((await answer.json()).location.startsWith(secondAt)) {
        second.hidden = false;
        return second.querySelector("a").focus();
      }
      else if (await take()) return tell("unlocked");
    } catch {
      error.textContent = "There is no connection: try again. Nothing typed is lost.";
    }
    return password.focus();
  });
})();
