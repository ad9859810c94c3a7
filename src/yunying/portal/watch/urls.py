"""The watch's pages, beside the other pages of the editors' desk."""

from django.urls import path

from yunying.portal.watch import views

app_name = "watch"
urlpatterns = [
    path("", views.incident_list, name="list"),
    path("<int:id>/", views.incident, name="incident"),
    path("<int:id>/decide/", views.decide, name="decide"),
]
