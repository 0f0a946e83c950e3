"use strict";
/* An expired sign-in: signed in again over the form, by the same person only; the form takes the new token. */
(() => {
  const form = document.getElementById("assess");
  if (!form) return;
  const tell = (what) => form.dispatchEvent(new CustomEvent(what));
  const dialog = document.querySelector("[data-sign-in]");
  const error = dialog.querySelector("[data-sign-in-error]");
  const second = dialog.querySelector("[data-second]");
  const OTHER_USER = "Somebody else is signed in. This form was opened by another user, and only they can go on with it.";
  let locked = false;
  const signIn = (words = "") => {
    if (document.body.classList.contains("locked")) return; // lock.js asks
    locked = true;
    tell("signed-out");
    error.textContent = words;
    if (!dialog.open) dialog.showModal();
  };
  const goOn = () => {
    locked = false;
    if (second) second.hidden = true;
    dialog.close();
    tell("signed-in");
  };
  const page = async (address) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  };
  const tokenOf = (found) => found?.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  const everywhere = (token) => {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
  };
  /* Takes the token of a fresh form of this patient, if that form is opened by the same user. */
  const renew = async () => {
    try {
      const fresh = (await page(form.getAttribute("action")))?.getElementById("assess");
      if (!fresh) {
        signIn();
        return false;
      }
      if (fresh.querySelector("[name=opened_by]").value !== form.elements.namedItem("opened_by").value) {
        signIn(OTHER_USER);
        return false;
      }
      everywhere(tokenOf(fresh));
      return true;
    } catch {
      tell("unreachable");
      return false;
    }
  };
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // Escape would show the form to whoever stands there,
  dialog.addEventListener("close", () => locked && dialog.showModal()); // and a second one closes the dialog all the same
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const [name, password] = [dialog.querySelector("[name=login]"), dialog.querySelector("[name=password]")];
    error.textContent = "";
    try {
      const login = dialog.dataset.login;
      const signInPage = await fetch(login, { cache: "no-store" });
      if (signInPage.redirected) await signOut(await signInPage.text()); // another user is signed in
      const opened = signInPage.redirected ? await page(login) : new DOMParser().parseFromString(await signInPage.text(), "text/html");
      const body = new URLSearchParams({ csrfmiddlewaretoken: tokenOf(opened) || "", login: name.value, password: password.value });
      const answer = await fetch(login, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
      password.value = "";
      if (answer.status === 429) error.textContent = "Too many attempts: wait a few minutes, then try again.";
      else if (!answer.ok) error.textContent = "The username or the password is not right.";
      else if ((await answer.json()).location.startsWith(dialog.dataset.second)) {
        second.hidden = false;
        second.querySelector("a").focus();
      } else if (await renew()) {
        name.value = "";
        goOn();
      } else await signOut();
    } catch {
      error.textContent = "There is no connection: try again. Nothing typed is lost.";
    }
  });
  document.addEventListener("signed-in-elsewhere", async () => {
    if (locked && (await renew())) goOn();
  });
  const signOut = async (text) => {
    const token = text ? tokenOf(new DOMParser().parseFromString(text, "text/html")) : tokenOf(await page("/"));
    await fetch(dialog.dataset.logout, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token || "" }), cache: "no-store" });
  };
  self.assessSignIn = { signIn, renew, OTHER_USER };
})();
