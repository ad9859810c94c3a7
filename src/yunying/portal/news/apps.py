from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "yunying.portal.news"
    label = "news"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what has to follow each change of a page."""
        from yunying.portal.news import following

        following.connect()
