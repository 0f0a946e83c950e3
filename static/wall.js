"use strict";
/* A wall display: the clock of the ward, and type as large as all its rows fit with, since nobody scrolls a wall. What does
   not fit even in small type is counted, never cut off unsaid. A new page every six hours brings the newest scripts. */
(() => {
  const clock = document.querySelector("[data-clock]");
  const ahead = (Date.parse(document.body.dataset.now) || Date.now()) - Date.now();
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone });
  setInterval(() => { clock.textContent = format.format(Date.now() + ahead); }, 1000);

  const live = document.querySelector("[data-live]");
  const LARGEST = 26, SMALLEST = 11; // px
  const root = document.documentElement;
  const over = () => root.scrollHeight > innerHeight || root.scrollWidth > innerWidth;
  const fit = () => {
    const rows = [...live.querySelectorAll("tbody tr")], more = live.querySelector("[data-more]");
    if (!rows.length) return;
    for (const row of rows) row.hidden = false;
    const total = Number(more.dataset.more);
    const say = (shown) => { more.hidden = shown === total; more.firstElementChild.textContent = total - shown; };
    say(rows.length);
    live.style.fontSize = "";
    if (innerWidth < 1024) return; // held in a hand: it scrolls
    for (let size = LARGEST; size >= SMALLEST; size -= 1) {
      live.style.fontSize = `${size}px`;
      if (!over()) return;
    }
    for (let shown = rows.length - 1; shown > 0 && over(); shown -= 1) { rows[shown].hidden = true; say(shown); }
  };
  new MutationObserver(fit).observe(live, { childList: true });
  addEventListener("resize", fit);
  new MutationObserver(fit).observe(document.body, { attributes: true, attributeFilter: ["data-live-lost"] });
  fit();

  const SIX_HOURS = 6 * 60 * 60 * 1000;
  const loaded = Date.now();
  setInterval(() => { if (Date.now() - loaded > SIX_HOURS && !document.querySelector("[data-lost]")) location.reload(); }, 60000);
})();
