"""The addresses of members' pages."""

from django.urls import path

from yunying.portal.members.views import data, kept, profile

app_name = "members"
urlpatterns = [
    path("<slug:site>/profile/", profile.profile, name="profile"),
    path("<slug:site>/who/<int:number>/", profile.who, name="who"),
    path("<slug:site>/picture/<slug:digest>.webp", profile.picture, name="picture"),
    path("<slug:site>/favourites/", kept.favourites, name="favourites"),
    path("<slug:site>/favourites/<slug:kind>/<int:number>/drop/", kept.favourite_drop, name="favourite-drop"),
    path("<slug:site>/messages/", kept.messages, name="messages"),
    path("<slug:site>/invite/", kept.invite, name="invite"),
    path("<slug:site>/join/<slug:code>/", kept.join, name="join"),
    path("<slug:site>/data/", data.data, name="data"),
    path("<slug:site>/data/export/", data.export, name="export"),
    path("<slug:site>/data/erase/", data.erase, name="erase"),
    path("<slug:site>/data/undo/", data.undo, name="undo"),
    path("<slug:site>/erased/", data.erased, name="erased"),
]
