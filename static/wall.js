"use strict";
/* The clock of a wall display, by the server's time; and a new page every six hours, so that the screen has the newest one. */
(() => {
  const clock = document.querySelector("[data-clock]");
  const ahead = (Date.parse(document.body.dataset.now) || Date.now()) - Date.now();
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone });
  setInterval(() => { clock.textContent = format.format(Date.now() + ahead); }, 1000);
  const SIX_HOURS = 6 * 60 * 60 * 1000;
  const loaded = Date.now();
  setInterval(() => { if (Date.now() - loaded > SIX_HOURS && !document.querySelector("[data-lost]")) location.reload(); }, 60000);
})();
