"""The addresses of the desk."""

from django.urls import path
from django.views.i18n import set_language

from yunying.console.views import (
    compose,
    decisions,
    imports,
    interventions,
    measured,
    proposals,
    runs,
    session,
    settings,
    today,
)

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("activity/", today.activity, name="activity"),
    path("ask/", today.ask, name="ask"),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("language/", set_language, name="language"),
    path("theme/", session.theme, name="theme"),
    path("store/", session.store, name="store"),
    path("welcome/", session.welcome, name="welcome"),
    path("keys/", session.keys, name="keys"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/act/", decisions.act, name="proposals-act"),
    path("proposals/export.<str:form>", proposals.export, name="proposals-export"),
    path("proposals/<int:id>/", proposals.proposal, name="proposal"),
    path("proposals/<int:id>/edit/", proposals.edit, name="proposal-edit"),
    path("interventions/", interventions.interventions, name="interventions"),
    path("interventions/export.<str:form>", interventions.export, name="interventions-export"),
    path("interventions/<int:id>/", interventions.intervention, name="intervention"),
    path("interventions/<int:id>/<str:action>/", interventions.act, name="intervention-act"),
    path("interventions/<int:id>/files/<int:entry>/<int:number>/", interventions.file, name="intervention-file"),
    path("compose/", compose.compose, name="compose"),
    path("compose/<str:kind>/", compose.compose_kind, name="compose-kind"),
    path("measured/", measured.measured, name="measured"),
    path("imports/", imports.imports, name="imports"),
    path("imports/receive/", imports.receive, name="imports-receive"),
    path("imports/<int:id>/", imports.upload, name="upload"),
    path("imports/<int:id>/confirm/", imports.confirm, name="upload-confirm"),
    path("imports/<int:id>/drop/", imports.drop, name="upload-drop"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:id>/", runs.run, name="run"),
    path("settings/", settings.settings, name="settings"),
    path("settings/budget/", settings.budget, name="settings-budget"),
    path("settings/standing/", settings.give, name="settings-standing"),
    path("settings/standing/<int:id>/revoke/", settings.revoke, name="settings-revoke"),
    path("settings/stop/", settings.stop, name="settings-stop"),
    path("settings/<str:practice>/<str:name>/", settings.threshold, name="settings-threshold"),
]
