"""Write docs/roles.md: ``python -m yunying.org``."""

from pathlib import Path

from yunying.org.roles import roles_page

if __name__ == "__main__":
    (Path(__file__).parents[3] / "docs" / "roles.md").write_text(roles_page(), encoding="utf-8")
