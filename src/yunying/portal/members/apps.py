from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "yunying.portal.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yunying.portal.members.inviting import invite_credit
        from yunying.portal.shop.members import member_joined

        member_joined.connect(invite_credit, dispatch_uid="members-invited")
