"use strict";
// Begins Wagtail's choosers of dates, pictures and pages, which it would begin by scripts in the page.
(() => {
  const begin = (root) => {
    for (const mark of root.querySelectorAll("i[data-chooser]")) {
      const init = window[mark.dataset.chooser];
      if (!init || !document.getElementById(mark.dataset.for)) continue;
      const config = JSON.parse(mark.dataset.config);
      if (mark.dataset.chooser.startsWith("init")) init(mark.dataset.for, config); else new init(mark.dataset.for, config);
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
