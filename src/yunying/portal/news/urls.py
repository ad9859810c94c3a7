"""What readers can do at the portal, beside its tree of pages."""

from django.urls import path

from yunying.portal.news.views import actions, maps

app_name = "news"
urlpatterns = [
    path("search/", actions.search, name="search"),
    path("suggest/", actions.suggest, name="suggest"),
    path("map/", maps.site_map, name="map"),
    path("favourites/", actions.favourites, name="favourites"),
    path("notice/close/", actions.notice_close, name="notice-close"),
    path("article/<int:id>/favourite/", actions.favourite, name="favourite"),
    path("article/<int:id>/tell/", actions.tell, name="tell"),
    path("article/<int:id>/print/", actions.print_view, name="print"),
    path("article/<int:id>/report/", actions.report, name="report"),
]
