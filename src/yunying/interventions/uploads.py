"""What becomes of a file that was given at the desk."""

from typing import Any

from yunying.interventions.models import Upload


def upload_saw(upload_id: int, **fields: Any) -> None:
    """What the loop found in a file, or made of it."""
    Upload.objects.filter(pk=upload_id).update(**fields)
