"use strict";
/* What stays true while a page is left open. The element with data-live is fetched again from data-url, and replaced when
   its data-etag is no longer the record's: at once when data-events says that something changed, else every 1.5 s.
   It holds no field: nothing that is typed is ever replaced. Rows carry data-key, data-grade and data-says.
   Where no answer comes the element is marked data-lost, and a line above it says how old it is. docs/decisions/0009 */
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const POLLS = 1500, ANSWERS = 6000, SILENT = 12000, ANYWAY = 20000, SETTLES = 600, HELD = 20000; // ms
  const what = live.dataset.live || "page";

  // --- The line above, for eyes; and one quiet place for screen readers
  const line = document.createElement("p");
  line.className = "note note-ask live-lost";
  line.hidden = true;
  live.before(line);
  const spoken = document.createElement("p");
  spoken.className = "vh";
  spoken.setAttribute("role", "status");
  document.body.append(spoken);
  let saying;
  const say = (text) => { clearTimeout(saying); saying = setTimeout(() => { spoken.textContent = text; }, 1000); };

  // --- How old is what is shown? By both clocks: one of them stands still while a lid is closed, the other may be set back.
  let read = { clock: Date.now(), steady: performance.now() };
  const age = () => Math.max(0, Date.now() - read.clock, performance.now() - read.steady);
  const words = (ms) => {
    const seconds = Math.floor(ms / 1000), minutes = Math.floor(seconds / 60);
    if (seconds < 60) return `${seconds} s`;
    return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };
  const loadedAt = performance.now();
  const serverAtLoad = Date.parse(document.body.dataset.now || "") || Date.now();
  let readByServer = serverAtLoad;
  const clock = (at) => {
    const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Intl.DateTimeFormat("en-GB", live.dataset.zone ? { ...format, timeZone: live.dataset.zone } : format).format(at);
  };
  const fresh = (response) => {
    read = { clock: Date.now(), steady: performance.now() };
    readByServer = Date.parse(response.headers.get("Date") || "") || serverAtLoad + performance.now() - loadedAt;
    document.dispatchEvent(new CustomEvent("server-time", { detail: readByServer }));
  };

  let lost = false, failures = 0;
  const show = () => {
    if (lost) line.textContent = `Connection lost. This ${what} is ${words(age())} old (${clock(readByServer)}). It follows again by itself when the connection is back.`;
    line.hidden = !lost;
    live.toggleAttribute("data-lost", lost);
    document.body.toggleAttribute("data-live-lost", lost);
  };
  const setLost = (now) => {
    if (lost !== now) say(now ? `Connection lost. This ${what} no longer changes.` : `Connected again. This ${what} is up to date.`);
    lost = now;
    show();
  };

  // --- Replacing, so that focus, scrolling and what was opened stay where they were
  const rows = () => [...live.querySelectorAll("[data-key]")];
  const place = (element) => {
    const row = element.closest("[data-key]");
    const within = row || live;
    return { key: row && row.dataset.key, tag: element.tagName, number: [...within.querySelectorAll(element.tagName)].indexOf(element) };
  };
  const at = (place) => {
    const within = place.key === null ? live : rows().find((row) => row.dataset.key === place.key);
    return within && within.querySelectorAll(place.tag)[place.number];
  };
  const replace = (next) => {
    const before = new Map(rows().map((row) => [row.dataset.key, row.dataset.grade]));
    const active = document.activeElement;
    const focused = active !== live && live.contains(active) ? place(active) : null;
    const opened = [...live.querySelectorAll("details[open]")].map(place);
    const frames = [...live.querySelectorAll(".frame")].map((frame) => frame.scrollLeft);
    const [left, top] = [scrollX, scrollY];
    for (const name of ["etag", "readAt", "url", "events"]) if (name in next.dataset) live.dataset[name] = next.dataset[name];
    live.replaceChildren(...document.adoptNode(next).childNodes);
    for (const one of opened) { const details = at(one); if (details) details.open = true; }
    live.querySelectorAll(".frame").forEach((frame, number) => { frame.scrollLeft = frames[number] || 0; });
    if (next.dataset.says) say(next.dataset.says);
    if (focused) { const again = at(focused); if (again) again.focus({ preventScroll: true }); }
    scrollTo(left, top);
    const after = rows();
    const order = [...before.keys()].filter((key) => after.some((row) => row.dataset.key === key));
    if (order.join() !== after.map((row) => row.dataset.key).filter((key) => before.has(key)).join()) settle();
    const risen = after.filter((row) => Number(row.dataset.grade || -1) > Number(before.get(row.dataset.key) || -1) && before.get(row.dataset.key));
    if (risen.length) say(risen.map((row) => row.dataset.says).join(". "));
  };
  // A row that has just moved takes no press: it was meant for another patient.
  let settling;
  const settle = () => {
    live.toggleAttribute("data-settling", true);
    clearTimeout(settling);
    settling = setTimeout(() => live.toggleAttribute("data-settling", false), SETTLES);
  };
  // Nor is anything replaced under a finger that is down.
  let held = 0, waiting = null;
  const offer = (next) => {
    if (held && Date.now() - held < HELD) waiting = next;
    else { waiting = null; replace(next); }
  };
  addEventListener("pointerdown", () => { held = Date.now(); });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { held = 0; if (waiting) offer(waiting); }, 0));

  // --- Fetching: one at a time, so that no older answer comes after a newer one
  let running = null, again = false, timer, over = false;
  const later = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(look, failures === 1 ? 500 : pushed() ? ANYWAY : Number(live.dataset.every) || POLLS);
  };
  const look = async () => {
    if (over) return;
    if (running) { again = true; return; }
    clearTimeout(timer);
    again = false;
    running = new AbortController();
    const patience = setTimeout(() => running && running.abort(), ANSWERS);
    try {
      const headers = { "HX-Request": "true", "If-None-Match": live.dataset.etag || "" };
      const response = await fetch(live.dataset.url, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: running.signal });
      await take(response);
    } catch {
      failed();
    } finally {
      clearTimeout(patience);
      running = null;
    }
    if (again) look();
    else later();
  };
  const failed = () => {
    failures += 1;
    if (failures > 1 || age() > ANSWERS) setLost(true);
  };
  const take = async (response) => {
    if (response.status === 401 && document.body.classList.contains("locked")) return failed(); // lock.js asks who is there
    if (response.status === 401 || response.type === "opaqueredirect") return signedOut(response.headers.get("X-Sign-In"));
    if (response.status === 404 || response.status === 403) return gone();
    let next = null;
    if (response.status === 200) next = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
    if (response.status !== 304 && !next) return failed(); // an error, or a page of somebody else's
    failures = 0;
    fresh(response);
    const wait = response.headers.get("X-Waiting"), count = document.querySelector("[data-waiting]");
    if (wait && count && count.textContent !== wait) count.textContent = wait;
    if (next) offer(next);
    else waiting = null;
    setLost(false);
  };

  // --- The end: nothing clinical stays on a screen that may no longer show it
  const end = () => { over = true; clearTimeout(timer); close(); };
  const signedOut = (address) => {
    end();
    if (!("keeps" in live.dataset)) {
      live.replaceChildren();
      location.assign(address ? `${address}?next=${encodeURIComponent(location.pathname + location.search)}` : location.href);
      return;
    }
    line.textContent = "You are signed out. What is typed here can be recorded after signing in again.";
    line.hidden = false;
  };
  const gone = () => {
    end();
    line.textContent = `This ${what} is no longer among yours.`;
    line.hidden = false;
    if (!("keeps" in live.dataset)) live.replaceChildren();
  };

  // --- Being told
  let source = null, beat = 0, opening;
  const pushed = () => source !== null && source.readyState === EventSource.OPEN && Date.now() - beat < SILENT;
  const close = () => { if (source) source.close(); source = null; clearTimeout(opening); };
  const open = () => {
    close();
    if (over || !live.dataset.events) return;
    source = new EventSource(live.dataset.events);
    source.addEventListener("open", () => { beat = Date.now(); look(); });
    source.addEventListener("beat", () => { beat = Date.now(); });
    source.addEventListener("changed", () => { beat = Date.now(); if (!document.hidden) setTimeout(look, Math.random() * 100); });
    source.addEventListener("ended", () => { close(); opening = setTimeout(open, 5000); look(); });
    source.addEventListener("error", () => { close(); opening = setTimeout(open, 3000 + Math.random() * 4000); look(); });
  };

  setInterval(() => {
    if (over) return;
    if (source && source.readyState === EventSource.OPEN && Date.now() - beat > SILENT) { open(); look(); }
    if (!document.hidden && age() > ANYWAY + 2 * ANSWERS) setLost(true);
    if (lost) show();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { clearTimeout(timer); return; }
    if (age() > ANYWAY) live.toggleAttribute("data-lost", true); // gray until the answer is here
    look();
  });
  for (const change of ["online", "offline"]) addEventListener(change, () => look());
  addEventListener("pagehide", end);
  open();
  later();
})();
