from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "yunying.portal.staff"
    label = "staff"
