"use strict";
/* The timeline's window and cursor. The server drew the whole course; this shows another part of that drawing, and the words of the moment at the cursor.
   It draws nothing itself: places (minutes since the origin), heights and words are the server's. */
(() => {
  const root = document.querySelector("[data-timeline]");
  if (!root) return;
  const data = JSON.parse(document.getElementById("timeline-data").textContent);
  const chart = root.querySelector("[data-chart]");
  const plots = [...root.querySelectorAll("[data-plot]")];
  const grids = [...root.querySelectorAll("[data-grid]")];
  const cursors = [...root.querySelectorAll("[data-cursor]")];
  const ticks = [...root.querySelectorAll("[data-ticks]")]; // the second stands on the second printed sheet
  const readout = root.querySelector("[data-readout]");
  const said = root.querySelector("[data-said]");
  const SHORTEST = 60; // minutes
  const MARGIN = 0.02;
  const whole = { low: data.all[0], high: data.all[1] };
  let [low, high, hours] = data.window;
  let cursor = -1;

  const make = (name, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    return node;
  };
  const percent = (x) => `${(((x - low) / (high - low)) * 100).toFixed(2)}%`;
  const frame = root.querySelector("[data-strip] .t-plot");
  const width = () => frame.getBoundingClientRect().width || 1000;

  const drawTicks = (pixels) => {
    const span = (high - low) / 60;
    const step = data.tickSteps.find((one) => (span / one) * data.tickRoom <= pixels) || data.tickSteps.at(-1);
    const shown = data.ticks.filter(([x, hour]) => hour % step === 0 && x >= low && x <= high);
    const written = ([x, , label, midnight]) => make("text", { x: percent(x), y: "50%", dy: ".35em", ...(midnight && { class: "day" }) }, label);
    for (const one of ticks) one.replaceChildren(...shown.map(written));
    const grid = shown.map(([x]) => `M${x} 0V100`).join("");
    for (const one of grids) one.setAttribute("d", grid);
    const days = data.ticks.filter(([x, , , midnight]) => midnight && x <= low);
    for (const one of root.querySelectorAll("[data-day]")) one.textContent = days.length ? days.at(-1)[2] : "";
  };
  const drawLabels = (pixels) => {
    for (const strip of root.querySelectorAll("[data-strip]")) {
      const found = [];
      const pixelsOf = (from, to) => ((Math.min(to, high) - from) / (high - low)) * pixels;
      for (const [from, to, y, text, kind, room, after, until, over] of data.labels[strip.dataset.strip]) {
        if (from > high || (kind === "at" && from < low)) continue;
        const start = Math.max(from, low);
        if (pixelsOf(start, to) >= room) found.push(make("text", { x: percent(start), y: `${y}%`, dx: after, dy: ".35em", class: `t-label ${kind}` }, text));
        else if (until && from >= low && pixelsOf(start, until) >= room) found.push(make("text", { x: percent(start), y: `${over}%`, dx: -2, dy: ".35em", class: "t-label over" }, text));
      }
      strip.querySelector("[data-labels]").replaceChildren(...found);
    }
  };
  const drawCursor = () => {
    const x = cursor < 0 ? null : data.moments[cursor][0];
    const inside = x !== null && x >= low && x <= high;
    for (const one of cursors) {
      if (inside) { one.setAttribute("x1", percent(x)); one.setAttribute("x2", percent(x)); one.removeAttribute("display"); }
      else one.setAttribute("display", "none");
    }
  };
  let drawn = ""; // which window, how wide: what is drawn already is not drawn again
  const draw = (pixels = width()) => {
    const box = `${low} 0 ${Math.round((high - low) * 10) / 10} 100`;
    if (drawn === `${box} ${pixels} ${hours}`) return;
    drawn = `${box} ${pixels} ${hours}`;
    for (const one of plots) if (one.getAttribute("viewBox") !== box) one.setAttribute("viewBox", box);
    drawTicks(pixels);
    drawLabels(pixels);
    drawCursor();
    for (const link of root.querySelectorAll("[data-window]")) {
      if (link.dataset.window === String(hours ?? "all") && hours !== undefined) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    mark("[data-earlier]", low > 0);
    mark("[data-later]", high < data.end);
  };
  const mark = (name, possible) => {
    const link = root.querySelector(name);
    if (possible) { link.removeAttribute("aria-disabled"); link.setAttribute("href", "?"); }
    else { link.setAttribute("aria-disabled", "true"); link.removeAttribute("href"); }
  };
  let asked = 0;
  const drawSoon = () => { if (!asked) asked = requestAnimationFrame(() => { asked = 0; draw(); }); };

  // A window: never shorter than an hour, never past the end, never before the beginning unless it is wider than all.
  const show = (from, to, preset) => {
    const span = Math.max(SHORTEST, Math.min(to - from, Math.max(whole.high - whole.low, preset ? to - from : 0)));
    const last = data.end + span * MARGIN;
    high = Math.min(Math.max(to, Math.min(last, whole.low + span)), last);
    low = Math.round((high - span) * 10) / 10;
    high = Math.round(high * 10) / 10;
    hours = preset;
    drawSoon();
  };
  const choose = (name) => {
    if (name === "all") { low = whole.low; high = whole.high; hours = null; return drawSoon(); }
    const span = Number(name) * 60;
    low = Math.round((data.end - span) * 10) / 10; high = Math.round((data.end + span * MARGIN) * 10) / 10; hours = Number(name);
    return drawSoon();
  };
  const zoom = (factor, around) => {
    const at = around ?? (cursor >= 0 && data.moments[cursor][0] >= low && data.moments[cursor][0] <= high ? data.moments[cursor][0] : (low + high) / 2);
    const span = Math.min(Math.max((high - low) * factor, SHORTEST), whole.high - whole.low);
    const from = at - ((at - low) / (high - low)) * span;
    show(from, from + span);
  };
  const turn = (by) => pan((by * (high - low)) / (1 + MARGIN)); // to the window before or after, as the server's links do
  const pan = (minutes) => show(low + minutes, high + minutes);

  // The moment at the cursor
  const words = ([, when, by, late, items]) => ({ when, by, late, items: items.map(([name, text]) => [data.names[name], text]) });
  const element = (name, text, kind) => { const one = document.createElement(name); if (text) one.textContent = text; if (kind) one.className = kind; return one; };
  const read = (place, aloud) => {
    cursor = Math.min(Math.max(place, 0), data.moments.length - 1);
    if (cursor < 0) return;
    const moment = words(data.moments[cursor]);
    const head = element("p");
    head.append(element("strong", moment.when), ` ${moment.by}${moment.late ? `; ${moment.late}` : ""}`);
    const list = element("ul", "", "plain");
    for (const [name, text] of moment.items) { const item = element("li"); item.append(element("span", name), ` ${text}`); list.append(item); }
    readout.replaceChildren(head, list);
    readout.hidden = false;
    if (aloud) speak([moment.when, moment.late, ...moment.items.map((item) => item.join(" "))].filter(Boolean).join(". "));
    drawCursor();
  };
  let quiet = 0;
  const speak = (text) => { clearTimeout(quiet); quiet = setTimeout(() => { said.textContent = text; }, 300); };
  const step = (by) => {
    let place = cursor + by;
    if (cursor < 0) place = by > 0 ? data.moments.findIndex(([x]) => x >= low) : data.moments.findLastIndex(([x]) => x <= high);
    read(place, true);
    reveal();
  };
  const reveal = () => {
    if (cursor < 0) return;
    const x = data.moments[cursor][0];
    const span = high - low;
    if (x < low) show(x - span * 0.1, x + span * 0.9);
    else if (x > high) show(x - span * 0.9, x + span * 0.1);
  };
  const nearest = (x) => {
    let best = -1;
    for (let place = 0; place < data.moments.length; place += 1) if (best < 0 || Math.abs(data.moments[place][0] - x) < Math.abs(data.moments[best][0] - x)) best = place;
    return best;
  };
  const clear = () => { cursor = -1; readout.hidden = true; said.textContent = ""; drawCursor(); };

  const KEYS = {
    ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    Home: () => { read(0, true); reveal(); }, End: () => { read(data.moments.length - 1, true); reveal(); },
    PageUp: () => turn(-1), PageDown: () => turn(1),
    "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), Escape: clear,
  };
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // Mouse and touch: a press reads the nearest moment, a drag moves, Ctrl and the wheel zoom (over the axis the wheel alone)
  const place = (event) => { const box = frame.getBoundingClientRect(); return low + ((event.clientX - box.left) / box.width) * (high - low); };
  let drag = null;
  chart.addEventListener("pointerdown", (event) => { if (event.button === 0 && event.target.closest(".t-plot")) drag = { x: event.clientX, low, high, moved: false, id: event.pointerId }; });
  chart.addEventListener("pointermove", (event) => {
    if (!drag) { if (event.pointerType === "mouse" && event.target.closest(".t-plot")) read(nearest(place(event)), false); return; }
    const by = event.clientX - drag.x;
    if (!drag.moved && Math.abs(by) < 5) return;
    if (!drag.moved) chart.setPointerCapture(drag.id);
    drag.moved = true;
    const minutes = (by / width()) * (drag.high - drag.low);
    show(drag.low - minutes, drag.high - minutes);
  });
  chart.addEventListener("pointerup", (event) => { if (drag && !drag.moved) read(nearest(place(event)), true); drag = null; });
  chart.addEventListener("pointercancel", () => { drag = null; });
  chart.addEventListener("wheel", (event) => {
    const onAxis = event.target.closest("[data-axis]");
    if (!event.ctrlKey && !onAxis && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(((event.deltaX || event.deltaY) / width()) * (high - low));
    else zoom(event.deltaY > 0 ? 1.25 : 0.8, place(event));
  }, { passive: false });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-window], [data-earlier], [data-later], [data-zoom], [data-print]");
    if (!link) return;
    if (link.matches("[data-print]")) { print(); return; }
    event.preventDefault();
    if (link.matches("[data-window]")) { choose(link.dataset.window); history.replaceState(null, "", `?window=${link.dataset.window}`); }
    else if (link.matches("[data-zoom]")) zoom(link.dataset.zoom === "in" ? 0.5 : 2);
    else if (!link.hasAttribute("aria-disabled")) turn(link.matches("[data-later]") ? 1 : -1);
  });

  for (const one of root.querySelectorAll("[data-scripted]")) one.hidden = false;
  new ResizeObserver(drawSoon).observe(chart);
  addEventListener("beforeprint", () => draw(850)); // an A4 sheet beside its names
  addEventListener("afterprint", () => draw());
  draw();
})();
