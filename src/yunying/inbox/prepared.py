"""The way to the database for the few statements that every page sends: PostgreSQL parses and plans them once."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper


def prepared_execute(connection: BaseDatabaseWrapper, statement: str, parameters: Sequence[object]) -> int:
    """Send a statement that is one of few; how many rows it wrote.

    On PostgreSQL its parameters travel apart from it, so that it can be prepared, by a cursor that stays with the
    connection. Django's own writes them into it, so the server meets another statement each time: with the insert of a
    page's events it was busy twice as long. Whether statements are prepared says ``prepare_threshold`` of the settings.
    """
    # Where queries are written down, Django's own cursor knows what it sent; the driver forgets what was prepared.
    if connection.vendor != "postgresql" or connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return int(cursor.rowcount)
    # The driver may be missing where nobody uses it.
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    kept = vars(connection).get(_KEPT)
    # A connection that broke or grew old was opened anew by Django, in the same place.
    if kept is None or kept.connection is not connection.connection or kept.closed:
        kept = ServerBindingCursor(connection.connection)
        setattr(connection, _KEPT, kept)
    # Within Django's wrapper, which names errors and sees to broken transactions.
    connection._prepare_cursor(kept).execute(statement, parameters)
    return int(kept.rowcount)


_KEPT = "yunying_prepared_cursor"
