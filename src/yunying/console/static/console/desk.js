// The keyboard, the selection, the theme and the toasts. Every page works without this file; it saves hands and eyes.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  root.classList.add("scripted");

  // Selection
  const bulk = () => one("#bulk");
  const ticks = () => all('.rows input[name="ids"]');
  const everything = () => one('input[name="all"][data-match]');
  function counted() {
    const bar = bulk();
    if (!bar) return;
    const chosen = ticks().filter((tick) => tick.checked);
    const matching = everything();
    const isAll = Boolean(matching && matching.checked);
    ticks().forEach((tick) => tick.closest("li").classList.toggle("chosen", isAll || tick.checked));
    one("[data-count]", bar).textContent = isAll ? Number(matching.dataset.match).toLocaleString("en") : chosen.length;
    bar.classList.toggle("active", isAll || chosen.length > 0);
    const head = one("input[data-all]");
    if (head) head.checked = chosen.length > 0 && chosen.length === ticks().length;
  }
  function clear() {
    ticks().forEach((tick) => { tick.checked = false; });
    if (everything()) everything().checked = false;
    all("#bulk details[open]").forEach((pop) => { pop.open = false; });
    counted();
  }

  // Where the person is in the list survives a fresh list: the same row if it is still there, else the same place.
  let place = 0;
  let kept = null;
  const summaries = () => all(".rows > li > details > summary");
  function current() {
    const row = document.activeElement && document.activeElement.closest(".rows > li");
    return row || null;
  }
  function go(step) {
    const list = summaries();
    if (!list.length) return;
    const at = list.findIndex((each) => current() && current().contains(each));
    place = at < 0 ? Math.min(place, list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1);
    list[place].focus();
    list[place].scrollIntoView({ block: "nearest" });
  }
  let last = null;
  document.addEventListener("focusin", () => {
    const row = current();
    if (row) last = { id: row.dataset.id, place: all(".rows > li").indexOf(row) };
  });
  function remember() {
    // A deed that was done from the bar or from a button inside a row leads back into the list.
    const active = document.activeElement;
    const isInList = !active || active === document.body || current() || active.closest("#bulk, #toasts");
    kept = {
      id: isInList && last ? last.id : null,
      place: isInList && last ? last.place : -1,
      open: all(".rows details[open]").map((each) => each.closest("li").dataset.id),
      ticked: ticks().filter((tick) => tick.checked).map((tick) => tick.value),
      scroll: window.scrollY,
    };
  }
  function restore() {
    if (!kept) return;
    const { id, place: at, open, ticked, scroll } = kept;
    kept = null;
    open.forEach((each) => { const row = document.getElementById(`p-${each}`); if (row) one("details", row).open = true; });
    ticks().forEach((tick) => { tick.checked = ticked.includes(tick.value); });
    if (id || at >= 0) {
      const rows = all(".rows > li");
      const row = document.getElementById(`p-${id}`) || rows[Math.min(at, rows.length - 1)];
      if (row) one("summary", row).focus({ preventScroll: true });
    }
    window.scrollTo(0, scroll);
    counted();
  }

  // Deeds by keyboard go the way of the buttons.
  function choose() {
    if (everything() && everything().checked) return true;
    if (ticks().some((tick) => tick.checked)) return true;
    const row = current();
    const tick = row && one('input[name="ids"]', row);
    if (tick) tick.checked = true;
    counted();
    return Boolean(tick);
  }
  function press(action) {
    const page = one(".sheet-page .panel");
    if (page && action === "approve") { const button = one('[data-act="approve"]', page); if (button) button.click(); return; }
    if (!bulk() || !choose()) return;
    one(`button[value="${action}"]`, bulk()).click();
  }
  function pop(name) {
    const page = one(".sheet-page .panel");
    if (!page && !choose()) return;
    const box = one(`details[data-pop="${name}"]`, page || bulk() || document);
    if (!box) return;
    box.open = true;
    one("input", box).focus();
  }
  function edit() {
    const row = current();
    if (row) { window.location = `/desk/proposals/${row.dataset.id}/edit/`; return; }
    const link = one('.sheet-page [data-act="edit"]');
    if (link) link.click();
  }
  const deeds = {
    j: () => go(1), k: () => go(-1), a: () => press("approve"), r: () => pop("reject"), s: () => pop("snooze"), e: edit,
    o: () => { const row = current(); if (row) one("summary", row).click(); },
    x: () => { const row = current(); const tick = row && one('input[name="ids"]', row); if (tick) { tick.checked = !tick.checked; counted(); } },
    u: () => { const button = all("#toasts .undo").pop(); if (button) button.click(); },
    "/": () => { const box = one("[data-search]"); if (box) box.focus(); else window.location = "/desk/proposals/"; },
    "?": () => { const dialog = one("#keys"); if (dialog) dialog.showModal(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { all("details.pop[open], .tabbar details[open]").forEach((each) => { each.open = false; }); return; }
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !deeds[event.key]) return;
    event.preventDefault();
    deeds[event.key]();
  });

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("input[data-all]")) ticks().forEach((tick) => { tick.checked = target.checked; });
    if (target.matches('input[name="ids"], input[data-all], input[data-match]')) counted();
    if (target.matches("select[data-submits]")) target.form.submit();
    if (target.matches(".filters select")) target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear]")) clear();
    const close = event.target.closest(".toast .close");
    if (close) close.closest(".toast").remove();
    all("details.pop[open]").forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  });

  // A bulk action on everything that matches is asked about once more.
  document.addEventListener("htmx:confirm", (event) => {
    const form = event.target;
    if (form.id !== "bulk" || !everything() || !everything().checked) return;
    event.preventDefault();
    const count = one("[data-count]", form).textContent;
    if (window.confirm(`${form.dataset.confirm} (${count})`)) event.detail.issueRequest(true);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "work") {
      // A page that looks again by itself must not take a form away from under somebody's hands.
      if (one("#work details.pop[open], #work textarea:focus, #work input:not([type=checkbox]):focus")) { event.preventDefault(); return; }
      remember();
    }
    if (event.target.id === "bulk" || event.target.closest(".acts")) all("details.pop[open]").forEach((each) => { each.open = false; });
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.id === "bulk" && event.detail.successful) clear(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target && event.detail.target.id === "work") restore();
    counted();
    expire();
  });

  // Theme: the server draws it from the cookie, so that no page flashes.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]")) return;
    event.preventDefault();
    const theme = event.submitter.value;
    root.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    all("[data-theme-form] button").forEach((each) => { each.value === theme ? each.setAttribute("aria-pressed", "true") : each.removeAttribute("aria-pressed"); });
    document.dispatchEvent(new CustomEvent("desk:theme"));
  });

  // Toasts go by themselves once they can no longer be undone.
  function expire() {
    all(".toast:not([data-timed])").forEach((toast) => {
      toast.dataset.timed = "1";
      window.setTimeout(() => toast.remove(), 1000 * Number(toast.dataset.seconds || 15));
    });
  }

  // Files dropped on the upload form.
  document.addEventListener("dragover", (event) => { const drop = event.target.closest(".drop"); if (drop) { event.preventDefault(); drop.classList.add("over"); } });
  document.addEventListener("dragleave", (event) => { const drop = event.target.closest(".drop"); if (drop) drop.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    const drop = event.target.closest(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.remove("over");
    one("input[type=file]", drop).files = event.dataTransfer.files;
  });
  counted();
  expire();
})();
