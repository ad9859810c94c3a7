"""Where the program starts: the home folder is settled before Django reads its settings."""

import os
import sys


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")
    from yunying.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
