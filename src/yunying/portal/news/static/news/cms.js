"use strict";
// Begins Wagtail's choosers of dates, which its own templates would begin by scripts in the page.
(() => {
  const begin = (root) => {
    for (const mark of root.querySelectorAll("i[data-chooser]")) {
      const init = window[mark.dataset.chooser];
      if (!init || !document.getElementById(mark.dataset.for)) continue;
      init(mark.dataset.for, JSON.parse(mark.dataset.config));
      mark.remove();
    }
  };
  const watch = () => {
    begin(document);
    new MutationObserver((changes) => {
      if (changes.some((change) => change.addedNodes.length)) begin(document);
    }).observe(document.body, { childList: true, subtree: true });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch); else watch();
})();
