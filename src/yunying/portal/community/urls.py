"""The addresses of the community."""

from django.urls import path

from yunying.portal.community.views import pages, write

app_name = "talk"
urlpatterns = [
    path("<slug:site>/comments/", pages.comments, name="comments"),
    path("<slug:site>/guestbook/", pages.guestbook, name="guestbook"),
    path("<slug:site>/forum/", pages.forum, name="forum"),
    path("<slug:site>/forum/<int:number>/", pages.thread, name="thread"),
    path("<slug:site>/mine/", pages.mine, name="mine"),
    path("<slug:site>/write/", write.write, name="write"),
    path("<slug:site>/report/<int:number>/", write.report, name="report"),
    path("<slug:site>/appeal/<int:number>/", write.appeal, name="appeal"),
]
