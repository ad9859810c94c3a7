"""A cursor for the few statements that every page sends: PostgreSQL parses and plans them once for a connection."""

from contextlib import AbstractContextManager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


def prepared_cursor(connection: BaseDatabaseWrapper) -> AbstractContextManager[CursorWrapper]:
    """A cursor of the connection; on PostgreSQL its parameters travel apart from the statement, which can be prepared.

    Django's own writes them into the statement, so the server meets another one each time: with the insert of a page's
    events it was busy twice as long. Whether statements are prepared says ``prepare_threshold`` of the settings.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    # The driver may be missing where nobody uses it.
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(ServerBindingCursor(connection.connection))
