"""Advertising: what was spent and shown, and the orders that the advertised channels and campaigns brought."""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import TIME, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source
from yunying.metrics.sources.orders import is_paid, lines_in_period

_DIMENSIONS = (*TIME, "channel", "campaign")


def _spend_in_period(scope: Scope) -> ir.Table:
    spend = scope.facts.table("ad_spend")
    return spend.filter(
        spend.store == scope.store,
        spend.date >= ibis.literal(scope.period.start_date),
        spend.date < ibis.literal(scope.period.end_date),
    )


def _spend(scope: Scope) -> ir.Table:
    return with_dimensions(_spend_in_period(scope), scope)


def _attributed_lines(scope: Scope) -> ir.Table:
    """Paid lines of an advertised campaign, or of a channel whose spend is not split into campaigns."""
    spend = _spend_in_period(scope)
    campaigns = spend.filter(spend.campaign != "").select(spent_campaign=spend.campaign).distinct()
    channels = spend.filter(spend.campaign == "").select(spent_channel=spend.channel).distinct()
    lines = lines_in_period(scope)
    lines = lines.filter(is_paid(lines))
    rows = lines.left_join(campaigns, lines.campaign == campaigns.spent_campaign)
    rows = rows.left_join(channels, rows.channel == channels.spent_channel)
    rows = rows.filter(rows.spent_campaign.notnull() | rows.spent_channel.notnull())
    return with_dimensions(rows, scope)


ADVERTISING = Source("advertising", ("ad_spend",), _DIMENSIONS, _spend)
ATTRIBUTED = Source("attributed", ("order_line", "ad_spend"), _DIMENSIONS, _attributed_lines)

ad_spend = Measure("ad_spend", ADVERTISING, "sum", lambda t: ibis.literal(True), lambda t: t.spend_minor)
impressions = Measure(
    "impressions", ADVERTISING, "sum", lambda t: ibis.literal(True), lambda t: t.impressions,
    gaps=(Gap(lambda t: t.count(where=t.impressions.isnull()), "rows of ad spend do not say how often it was shown"),),
)  # fmt: skip
clicks = Measure(
    "clicks", ADVERTISING, "sum", lambda t: ibis.literal(True), lambda t: t.clicks,
    gaps=(Gap(lambda t: t.count(where=t.clicks.isnull()), "rows of ad spend do not say how often it was clicked"),),
)  # fmt: skip
attributed_amount = Measure(
    "attributed_amount", ATTRIBUTED, "sum", lambda t: ibis.literal(True), lambda t: t.amount_minor
)
