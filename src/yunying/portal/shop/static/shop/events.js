"use strict";
// Tells the shop which card was clicked. What was not acknowledged stays in this tab's storage and is sent again.
(() => {
  const place = document.body.dataset.events;
  const key = "shop-events";
  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)) || []; } catch { return []; } };
  const write = (events) => { try { sessionStorage.setItem(key, JSON.stringify(events.slice(-200))); } catch { /* full */ } };
  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");
  const flush = async () => {
    const events = read().slice(0, 50);
    if (!events.length) return;
    const answer = await fetch(place, { method: "POST", body: JSON.stringify({ events }), keepalive: true }).catch(() => null);
    // Stored, or never to be stored as it is: either way it need not come again.
    if (answer && (answer.ok || answer.status === 400)) {
      const done = new Set(events.map((each) => each.id));
      write(read().filter((each) => !done.has(each.id)));
    }
  };
  document.addEventListener("click", (event) => {
    const card = event.target.closest("a[data-slot]");
    if (!card) return;
    const { slot, position, product } = card.dataset;
    const page = document.body.dataset.page || "";
    write([...read(), { id: id(), type: "click", page, slot, position: Number(position), product }]);
    flush();
  });
  flush();
})();
