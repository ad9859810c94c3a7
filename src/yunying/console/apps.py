from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "yunying.console"
    label = "console"
