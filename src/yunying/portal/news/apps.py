from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "yunying.portal.news"
    label = "news"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what has to follow each change of a page, and let the editors' pages do without scripts in them."""
        from yunying.portal.news import choosers, following

        following.connect()
        choosers.connect()
