"use strict";
/* The assessment form. It shows a grade only if that grade belongs to what is in the form now; it never touches a field that is typed in. */
(() => {
  const form = document.getElementById("assess");
  const place = document.getElementById("verdict-panel");
  if (!form || !place || !self.htmx) return;
  const verdict = document.getElementById("verdict");
  const wait = place.querySelector("[data-wait]");
  const field = (name) => form.elements.namedItem(name);
  const { signIn, renew, OTHER_USER } = self.assessSignIn;
  const NOT_VALUES = new Set(["csrfmiddlewaretoken", "sequence", "digest", "in_doubt", "first_sent"]);

  // --- The digest: CRC-32 of names and values, as patients/echo.py computes it.
  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });
  const digestOf = (entries) => {
    const pairs = [...entries].filter(([name]) => !NOT_VALUES.has(name));
    pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); // stable: the values of one name stay in their order
    const text = pairs.map(([name, value]) => `${name}\x1f${value}\x1e`).join("").replace(/\r\n?/g, "\n");
    let crc = 0xffffffff;
    for (const byte of new TextEncoder().encode(text)) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  };
  const present = () => digestOf(new FormData(form));

  // --- What the panel's place shows: «open» a grade that is true now, «updating», or «failed».
  let sequence = 0;
  let sent = 0; // the state that the last request was of
  let was = "";
  const NOT_GRADED = "Not graded: check the connection";
  const NO_DATABASE = "Not graded: the database does not answer";
  const echo = () => verdict.querySelector("[data-echo]");
  const show = (state, words) => {
    if (state !== "open" && place.dataset.state === "open") was = echo()?.dataset.was || "";
    place.dataset.state = form.dataset.state = state;
    verdict.hidden = state === "failed";
    wait.hidden = state === "open";
    wait.replaceChildren();
    if (state === "open") return;
    const strong = document.createElement("strong");
    strong.textContent = words;
    wait.append(strong);
    if (was && state === "updating") {
      const small = document.createElement("span");
      small.className = "small muted";
      small.textContent = `was ${was}`;
      wait.append(small);
    }
  };
  const changed = () => {
    sequence += 1;
    field("sequence").value = String(sequence);
    show("updating", "Updating");
  };
  const failed = (words = NOT_GRADED) => {
    verdict.replaceChildren(); // a grade that cannot be vouched for is not kept, not even hidden
    show("failed", words);
    speak(words, false);
  };
  const regrade = () => {
    changed();
    htmx.trigger(form, "regrade");
  };

  // --- Words for a screen reader: once, after a second of quiet, when grade or certainty changed.
  const quiet = document.querySelector("[data-announce]");
  const alarm = document.querySelector("[data-alert]");
  let spoken = "";
  let speaking = 0;
  const speak = (words, loud) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      if (words === spoken) return;
      spoken = words;
      (loud ? alarm : quiet).textContent = words;
      (loud ? quiet : alarm).textContent = "";
    }, 1000);
  };

  // --- The live grade.
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("htmx:configRequest", (event) => {
    const data = event.detail.formData;
    data.delete("fill"); // htmx adds the button pressed last: an offer was taken once, and its field may have changed since
    data.set("sequence", String(sequence));
    sent = sequence;
    data.set("digest", digestOf(data));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 200) return;
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("[data-echo]");
    const ours = answer && answer.dataset.sequence === String(sequence) && answer.dataset.digest === present();
    if (ours) return;
    event.detail.shouldSwap = false;
    // Typed on since it was asked: a newer answer is on its way. Asked of this state, but not of this state: no grade at all.
    if (sent === sequence) failed();
  });
  document.addEventListener("htmx:afterSwap", () => {
    take(verdict);
    show("open", "");
    const now = echo().dataset;
    speak(now.spoken, Number(now.rank) >= 3 || (now.rises === "yes" && Number(now.rank) > 0));
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401) return signIn();
    if (status === 403) return renew().then((same) => same && regrade());
    if (status === 503) return failed(NO_DATABASE);
    const refused = status === 409 ? event.detail.xhr.getResponseHeader("X-Refused") : "";
    if (refused === "page") return failed("Not graded: the form was opened over a day ago. Open it anew");
    failed(status === 409 ? "Not graded: this form belongs to another patient or user" : NOT_GRADED);
    if (refused === "user") signIn(OTHER_USER);
    return undefined;
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:swapError", "htmx:onLoadError"]) document.addEventListener(name, () => failed());
  addEventListener("offline", () => failed());
  addEventListener("online", regrade);
  // Time passes in a form left open: values run out, pending moments come.
  setInterval(() => {
    if (!document.hidden && !document.querySelector("[data-sign-in]").open && place.dataset.state !== "updating") regrade();
  }, 60000);

  // --- Notes at the fields, the summary, rows of agents that another entry brought.
  const put = (slot, html) => {
    if (slot.innerHTML.trim() === html.trim()) return;
    const asked = slot.contains(document.activeElement) && document.activeElement.matches("[data-ask]");
    slot.innerHTML = html;
    if (asked) slot.querySelector("[data-ask]")?.focus();
  };
  let held = new Map(); // errors of the field being typed in wait until it is left, or for a pause
  let holding = 0;
  let pressed = false;
  const release = () => {
    clearTimeout(holding);
    for (const [slot, html] of held) draw(slot, html);
    held = new Map();
  };
  const draw = (slot, html) => {
    const ticked = new Set([...slot.querySelectorAll("[data-ask]:checked")].map((box) => box.value));
    put(slot, html);
    for (const box of slot.querySelectorAll("[data-ask]")) box.checked = box.checked || ticked.has(box.value);
    slot.closest("[data-line]")?.classList.toggle("line-wrong", Boolean(slot.querySelector(".field-error")));
    for (const box of slot.querySelectorAll("[data-ask]")) press(box);
  };
  const take = (root) => {
    const found = new Map();
    for (const note of root.querySelector("template[data-notes]")?.content.children || []) found.set(note.dataset.for, note.innerHTML);
    for (const row of root.querySelector("template[data-new-rows]")?.content.children || []) {
      const rows = form.querySelector("[data-rows]");
      if (![...rows.children].some((other) => other.dataset.token === row.dataset.token)) rows.append(row.cloneNode(true));
    }
    const standing = form.querySelector("[data-summary]");
    if (standing.childElementCount) put(standing, root.querySelector("template[data-new-summary]")?.innerHTML || "");
    held.clear();
    clearTimeout(holding);
    for (const slot of form.querySelectorAll("[data-notes-for]")) {
      const html = found.get(slot.dataset.notesFor) || "";
      const typing = document.activeElement?.name === slot.dataset.notesFor && document.activeElement.matches("input:not([type=checkbox], [type=radio])");
      if (pressed || (typing && html.includes("field-error"))) held.set(slot, html);
      else draw(slot, html);
    }
    if (held.size) holding = setTimeout(release, 900);
  };
  // A field is left at the press of a button, before its click: a note drawn in between would move what is pressed from under the pointer.
  form.addEventListener("pointerdown", () => (pressed = true));
  for (const name of ["pointerup", "pointercancel"])
    addEventListener(name, () => {
      pressed = false;
      setTimeout(release);
    });
  form.addEventListener("focusout", () => setTimeout(() => pressed || release()));

  // --- Questions: Space confirms, Enter and Tab never do. To a screen reader the box is the button it looks like.
  const press = (box) => {
    box.setAttribute("role", "button");
    box.setAttribute("aria-pressed", String(box.checked));
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-ask]")) press(event.target);
  });
  for (const box of form.querySelectorAll("[data-ask]")) press(box);

  // --- Recording: once, by a request that can fail without losing what was typed.
  const says = form.querySelector("[data-not-recorded]");
  const button = form.querySelector("[data-record]");
  let recording = false;
  let unsure = null; // ends the asking for an entry of which it is not known whether it was recorded
  // When what is in the form now was first sent, by the server's clock: sent again, a blank «Seen at» is of then, and not of when it gets in.
  const ahead = (Date.parse(document.body.dataset.now) || Date.now()) - Date.now();
  let firstSent = "";
  for (const name of ["input", "change"]) form.addEventListener(name, (event) => event.target.matches("[data-ask]") || (firstSent = ""));
  const notRecorded = (words) => {
    says.textContent = words;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (recording) return;
    if (!event.submitter?.hasAttribute("data-leave")) record(); // «Escalate now» keeps a draft: draft.js
  });
  const record = async () => {
    recording = true;
    button.setAttribute("aria-busy", "true");
    notRecorded("");
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), 10000);
    try {
      changed();
      const data = new FormData(form);
      const sent = String(sequence);
      data.set("digest", digestOf(data));
      if (unsure) data.set("in_doubt", "yes");
      if (firstSent) data.set("first_sent", firstSent);
      else firstSent = new Date(Date.now() + ahead).toISOString();
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, redirect: "error", cache: "no-store", signal: stop.signal });
      const to = answer.headers.get("HX-Redirect");
      if (answer.ok && to) {
        form.dispatchEvent(new CustomEvent("recorded"));
        return location.assign(to);
      }
      if (answer.status === 401) return signIn();
      if (answer.status === 409) {
        if (answer.headers.get("X-Refused") === "row") return form.submit(); // somebody corrected the row: a page shows both versions
        if (answer.headers.get("X-Refused") === "user") signIn(OTHER_USER);
        else notRecorded("Not recorded: this form was opened for another patient.");
        return failed("Not graded: this form belongs to another patient or user");
      }
      if (answer.status === 403) {
        if (await renew()) notRecorded("Not recorded yet: the sign-in was renewed. Record again.");
        return regrade();
      }
      if (answer.status === 503) {
        const entry = answer.headers.get("X-Entry");
        if (entry === "not-recorded") notRecorded("Not recorded: the database could not take it. Nothing typed here is lost: press again in a moment.");
        else inDoubt(entry === "recorded" ? "Recorded. The database has stopped answering since: wait." : "Checking whether it was recorded: the database does not answer. Wait, or press again: it is recorded once.");
        return failed(NO_DATABASE);
      }
      if (answer.status !== 422 && answer.status !== 200) throw new Error(String(answer.status));
      const next = answer.headers.get("X-Entry-Next"); // it was said meanwhile that nothing is recorded
      if (next) {
        field("submission_id").value = next;
        unsure = null;
      }
      const text = await answer.text();
      if (sent === String(sequence)) {
        verdict.innerHTML = text;
        take(verdict);
        release();
        show("open", "");
      } else regrade();
      summary(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      inDoubt("Not known whether it was recorded: check the connection and press again. It is recorded once.");
      failed();
    } finally {
      clearTimeout(clock);
      recording = false;
      button.removeAttribute("aria-busy");
    }
    return undefined;
  };
  /* Until it is known what became of the entry. */
  const inDoubt = (words) => {
    notRecorded(words);
    unsure?.();
    const sent = present();
    unsure = self.askEntry(field("submission_id").value, (state, to, next) => {
      if (recording || state === "signed-out") return; // a press says what it finds
      if (state === "not-told") return notRecorded("Whether it was recorded cannot be said here: look at the record.");
      unsure = null;
      if (state === "not-recorded") {
        field("submission_id").value = next; // nothing is recorded any more under the one that was asked for
        notRecorded("Not recorded. There is an answer again, and nothing typed here is lost: press again.");
        return regrade();
      }
      form.dispatchEvent(new CustomEvent("recorded"));
      if (sent === present()) location.assign(to);
      else notRecorded("Recorded as it was sent. What was typed since is not: leave this form, and open a new one for it.");
      return undefined;
    });
  };
  const summary = (answer) => {
    const slot = form.querySelector("[data-summary]");
    slot.innerHTML = answer.querySelector("template[data-new-summary]")?.innerHTML || "";
    for (const slotWrong of form.querySelectorAll(".section:has(.field-error)")) slotWrong.open = true;
    const asked = form.querySelector("[data-ask]:not(:checked)");
    if (slot.querySelector(".asked") && asked) asked.focus();
    else slot.querySelector("[data-error-summary]")?.focus();
  };

  // --- An expired sign-in (assess-sign-in.js).
  form.addEventListener("signed-out", () => failed("Not graded: sign in again"));
  form.addEventListener("unreachable", () => failed());
  form.addEventListener("signed-in", () => {
    notRecorded("");
    regrade();
  });

  // --- At the start: the panel that came with the page is true if nothing in the form was changed since (a browser may restore fields).
  const pristine = [...form.elements].every((one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked === one.defaultChecked;
    if (one.tagName === "SELECT") return [...one.options].every((option, n) => option.selected === (option.defaultSelected || (n === one.selectedIndex && ![...one.options].some((o) => o.defaultSelected) && n === 0)));
    return one.type === "hidden" || one.value === one.defaultValue || one.defaultValue === undefined;
  });
  if (pristine && echo()) show("open", "");
  else regrade();
  form.querySelector("[data-error-summary]") || form.querySelector("[data-line] :is(input, select)")?.focus({ preventScroll: true });
})();
