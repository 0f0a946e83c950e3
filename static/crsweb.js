"use strict";
/* What every page does by itself: theme, ages that stay true, the banner's height, and nothing clinical left behind after sign-out. */
(() => {
  const root = document.documentElement;

  // Theme: the cookie is the workstation's choice; the server draws it with the first byte.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-themes]") || !button) return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${form.dataset.themes}=${button.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    root.dataset.theme = button.value;
    for (const other of form.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
  });

  // Ages in words, as patients/formats.py writes them.
  const span = (minutes) => {
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
  };
  // The server's clock, for a workstation's may be wrong: as it was at the last answer, and the greater of what both clocks
  // here say has passed since. One of them stands still while a lid is closed, the other may be set.
  const heard = (server) => ({ server, clock: Date.now(), steady: performance.now() });
  let last = heard(Date.parse(document.body.dataset.now || "") || Date.now());
  const tick = () => {
    const now = last.server + Math.max(Date.now() - last.clock, performance.now() - last.steady);
    for (const time of document.querySelectorAll("time[data-elapsed]")) {
      const seconds = (now - Date.parse(time.dateTime)) / 1000;
      const minutes = Math.floor(Math.abs(seconds) / 60);
      const text = minutes < 1 ? "now" : seconds > 0 ? `${span(minutes)} ago` : `in ${span(minutes)}`;
      if (time.textContent !== text) time.textContent = text;
    }
    for (const reminder of document.querySelectorAll("[data-shows-at][hidden]")) if (now >= Date.parse(reminder.dataset.showsAt)) reminder.hidden = false;
    for (const past of document.querySelectorAll("[data-hides-at]:not([hidden])")) if (now >= Date.parse(past.dataset.hidesAt)) past.hidden = true;
  };
  setInterval(tick, 10000);
  document.addEventListener("server-time", (event) => { last = heard(event.detail); tick(); }); // live.js heard of it

  // The banner covers nothing that has the focus: scrolling stops below it.
  const banner = document.querySelector("[data-banner]");
  const measure = () => root.style.setProperty("--banner-height", `${banner ? banner.offsetHeight : 0}px`);
  measure();
  if (banner) new ResizeObserver(measure).observe(banner);

  // Nothing clinical comes back from the browser's memory: blanked on leaving, fetched again on return.
  const blank = () => document.body.classList.add("blank");
  addEventListener("pagehide", blank);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    else document.body.classList.remove("blank");
  });
  if ("BroadcastChannel" in self) {
    const channel = new BroadcastChannel("crsweb");
    channel.addEventListener("message", (event) => {
      if (event.data !== "signed-out") return;
      blank();
      location.reload();
    });
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-sign-out]")) addEventListener("pagehide", () => channel.postMessage("signed-out"));
    });
  }

  // An open menu closes with Escape and when the focus or a press goes elsewhere.
  const close = (but) => { for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(but)) menu.open = false; };
  for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A line to be copied is selected whole.
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-selects]")) event.target.select(); });

  // After an error the summary has the focus, so that a keyboard or a screen reader starts there.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
