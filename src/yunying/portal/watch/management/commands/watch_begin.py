"""The watch over what the portal shows."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from yunying.portal.watch.turn import watch_begin


class Command(BaseCommand):
    help = "Take what stands now as published, and the program's files as they are; run it again after an upgrade."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"The watch has begun; {watch_begin(timezone.now(), 'system')} things were sealed.")
