"use strict";
/* What became of an entry whose answer did not come: asked every 2 s until the record says. Nothing is sent again by itself. */
self.askEntry = (() => {
  const AGAIN = 2000, ANSWERS = 6000; // ms
  /* Calls `tell` with «recorded» and where it is looked at, with «not-recorded» and the submission under which it can be sent again, with
     «signed-out», or with «not-told», where this user is not told; returns what ends the asking. */
  return (submission, tell) => {
    let over = false;
    const look = async () => {
      let answer = null;
      try {
        answer = await fetch(`/entries/${submission}/`, { headers: { "HX-Request": "true" }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(ANSWERS) });
      } catch { /* no answer is an answer to ask again */ }
      if (over) return;
      if (answer && answer.ok) tell(answer.headers.get("X-Entry"), answer.headers.get("X-Entry-Page") || "/", answer.headers.get("X-Entry-Next"));
      else if (answer && answer.status === 401) tell("signed-out");
      else if (answer && (answer.type === "opaqueredirect" || [403, 404].includes(answer.status))) tell("not-told");
      else setTimeout(look, AGAIN);
    };
    setTimeout(look, AGAIN);
    return () => { over = true; };
  };
})();
