// Keys for the queue; every one of them presses a button or a box that is there without this script.
const form = document.querySelector("form[data-queue]");
const rows = form ? [...form.querySelectorAll("tbody tr")] : [];
let here = -1;

function go(to) {
  here = Math.min(Math.max(to, 0), rows.length - 1);
  rows[here]?.focus();
  rows[here]?.scrollIntoView({ block: "nearest" });
}

function press(decision) {
  const ticked = form.querySelector('input[name="submission"]:checked');
  const button = ticked
    ? form.querySelector(`button[name="decision"][value="${decision}"]`)
    : rows[here]?.querySelector(`button[name="decision"][value^="${decision}:"]`);
  button?.click();
}

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const deeds = { j: () => go(here + 1), k: () => go(here - 1), x: () => rows[here]?.querySelector("input").click(),
    a: () => press("show"), h: () => press("hide") };
  if (deeds[event.key]) { event.preventDefault(); deeds[event.key](); }
});
