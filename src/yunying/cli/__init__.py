"""The command line: every command shows an example in its help, and answers in JSON where asked."""

from yunying.cli import desk_commands, serve_commands, shop_commands, token_commands, visitor_commands
from yunying.cli.app import app, run

__all__ = ["app", "desk_commands", "run", "serve_commands", "shop_commands", "token_commands", "visitor_commands"]
