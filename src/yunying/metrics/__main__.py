"""Write docs/metrics.md: ``python -m yunying.metrics [path]``."""

import sys
from pathlib import Path

from yunying.metrics.document import metrics_page

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"

if __name__ == "__main__":
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(metrics_page(), encoding="utf-8")
