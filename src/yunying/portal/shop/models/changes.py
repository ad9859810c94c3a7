"""That something changed which pages of the catalogue show. Triggers of the database write it, and nobody else."""

from django.db import models


class CatalogueChange(models.Model):
    """On PostgreSQL a row for each change, with a random number; on SQLite one row that counts."""

    number = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pk}: {self.number}"
