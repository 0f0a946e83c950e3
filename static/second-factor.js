"use strict";
/* A security key: the browser is asked for it, and its answer is sent in the form. */
for (const form of document.querySelectorAll("form[data-key]")) {
  const options = JSON.parse(document.getElementById("key-options").textContent);
  const does = form.dataset.key; // create or get
  const error = form.querySelector("[data-key-error]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const asked = () => {
    const given = options[does === "create" ? "creation_options" : "request_options"].publicKey;
    const read = { ...given, challenge: bytes(given.challenge) };
    if (does === "create") return { ...read, user: { ...given.user, id: bytes(given.user.id) }, excludeCredentials: ids(given.excludeCredentials) };
    return { ...read, allowCredentials: ids(given.allowCredentials) };
  };
  const said = (key) => {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    if (does === "create") {
      response.attestationObject = text(key.response.attestationObject);
      response.transports = key.response.getTransports ? key.response.getTransports() : [];
    } else {
      response.authenticatorData = text(key.response.authenticatorData);
      response.signature = text(key.response.signature);
      response.userHandle = key.response.userHandle ? text(key.response.userHandle) : null;
    }
    return { type: key.type, id: key.id, rawId: text(key.rawId), authenticatorAttachment: key.authenticatorAttachment, response, clientExtensionResults: key.getClientExtensionResults() };
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    if (!navigator.credentials) {
      error.textContent = "This browser knows no security keys here: the address must begin with https.";
      return;
    }
    try {
      form.elements.namedItem("credential").value = JSON.stringify(said(await navigator.credentials[does]({ publicKey: asked() })));
      form.submit();
    } catch {
      error.textContent = "No key was used. Press the button again, and touch the key when the browser asks.";
    }
  });
}
