"""The addresses of the API; /api/docs shows what /api/openapi.json says."""

from django.urls import path
from ninja import NinjaAPI

from yunying import __version__
from yunying.api.access import TokenAuth
from yunying.api.bodies import StrictParser
from yunying.api.documents import counted, docs, nothing
from yunying.api.refusals import handlers_add
from yunying.api.routes import budgets, facts_in, interventions, metrics, proposals, runs, stores, tasks, webhooks

DESCRIPTION = (
    "Programs act for a person, within that person's scope: `Authorization: Bearer yy_...`, made by `yunying token`. "
    "Amounts are whole minor units beside their currency. What is not yours is not found. Lists come in pages: send "
    "`next` back as `cursor`. A request that is sent again under its `Idempotency-Key` has one effect."
)
api = NinjaAPI(
    title="Yunying 运营", version=__version__, description=DESCRIPTION, auth=TokenAuth(), parser=StrictParser(),
    docs_url=None, openapi_url="/openapi.json", urls_namespace="api", docs_decorator=counted,
)  # fmt: skip
for routes in (stores, metrics, proposals, interventions, tasks, budgets, runs, facts_in, webhooks):
    api.add_router("/v1", routes.router)
handlers_add(api)

urlpatterns = [path("docs", docs), path("", api.urls), path("<path:rest>", nothing)]
