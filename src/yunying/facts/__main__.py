"""Write docs/facts.md: ``python -m yunying.facts``."""

from pathlib import Path

from yunying.facts.document import facts_page

if __name__ == "__main__":
    (Path(__file__).parents[3] / "docs" / "facts.md").write_text(facts_page(), encoding="utf-8")
