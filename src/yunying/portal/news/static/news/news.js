"use strict";
// Offers words while somebody types, and prints; every page works without it.
(() => {
  const field = document.querySelector("input[data-offered]");
  const list = document.getElementById("offered");
  let last = "", timer = 0;
  const offer = async () => {
    const begun = field.value.trim();
    if (!begun || begun === last) return;
    last = begun;
    const answer = await fetch(`${field.dataset.offered}?q=${encodeURIComponent(begun)}`).catch(() => null);
    if (!answer || !answer.ok || last !== begun) return;
    list.replaceChildren(...(await answer.json()).words.map((word) => { const option = document.createElement("option"); option.value = word; return option; }));
  };
  if (field && list) field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(offer, 250); });
  const button = document.querySelector("button[data-print]");
  if (button) { button.hidden = false; button.addEventListener("click", () => window.print()); }
})();
