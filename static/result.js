"use strict";
/* Entering a result: the units and last limits of the analyte that is typed are offered as it is typed. Nothing is filled in unasked. */
(() => {
  const place = document.querySelector("[data-offers]");
  const analyte = document.getElementById("id_analyte");
  if (!place || !analyte) return;
  const offers = [...place.querySelectorAll("[data-offer-of]")];
  const said = (text) => text.trim().replace(/\s+/g, " ").toLowerCase();
  const show = () => {
    const typed = said(analyte.value);
    let found = false;
    for (const offer of offers) {
      offer.hidden = ![offer.dataset.offerOf, offer.dataset.named].some((name) => said(name) === typed);
      found = found || !offer.hidden;
    }
    place.hidden = !found;
  };
  place.querySelector("[data-show-offers]").hidden = true;
  analyte.addEventListener("input", show);
  show();
  place.addEventListener("click", (event) => {
    const unit = event.target.closest("button[name=fill]");
    if (!unit) return; // taking over the last limits asks the server, which knows them
    event.preventDefault();
    const input = document.getElementById("id_unit");
    input.value = unit.value.slice("unit=".length);
    input.focus();
  });
})();
