"""The structure, and the roles that people hold in it. Only this package imports these models."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

PERSON = settings.AUTH_USER_MODEL


class Company(models.Model):
    """A company: the widest scope there is."""

    slug = models.SlugField(max_length=63, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.slug


class Brand(models.Model):
    """A brand, or a trade, of a company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="brands")
    slug = models.SlugField(max_length=63, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.slug


class Shop(models.Model):
    """A store's place in the structure, with its own rules of approval."""

    store = models.CharField(max_length=63, unique=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="shops")
    four_eyes_minor = models.BigIntegerField(null=True)
    limits = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(four_eyes_minor__isnull=True) | Q(four_eyes_minor__gte=0), name="four_eyes_from_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.store


class Team(models.Model):
    """People who work together in a store."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="teams")
    title = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "title"], name="one_team_of_a_title")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.title}"


class Grant(models.Model):
    """A role that a person holds in a company, a brand or a store, for a time; inside it perhaps only a part."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=30)
    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, null=True, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    functions = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    styles = models.JSONField(default=list)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    delegated_by = models.ForeignKey(PERSON, null=True, on_delete=models.CASCADE, related_name="+")
    given_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(company__isnull=False, brand__isnull=True, shop__isnull=True)
                    | Q(company__isnull=True, brand__isnull=False, shop__isnull=True)
                    | Q(company__isnull=True, brand__isnull=True, shop__isnull=False)
                ),
                name="a_grant_has_one_place",
            ),
            models.CheckConstraint(
                condition=Q(start_date__isnull=True) | Q(end_date__isnull=True) | Q(end_date__gt=F("start_date")),
                name="a_grant_holds_days",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "ended_at"], name="grants_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role}"
