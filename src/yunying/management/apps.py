from django.apps import AppConfig


class ManagementConfig(AppConfig):
    name = "yunying.management"
    label = "management"
    default_auto_field = "django.db.models.BigAutoField"
