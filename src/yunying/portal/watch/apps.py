from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "yunying.portal.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Seal what editors publish, in the moment in which they do."""
        from yunying.portal.watch import publishing

        publishing.connect()
