from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "yunying.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yunying.accounts.sessions import signals_connect

        signals_connect()
