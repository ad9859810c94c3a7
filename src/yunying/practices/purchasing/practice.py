"""The manifest of purchasing and the four functions that the loop calls."""

from yunying.practices.manifest import Manifest, Practice
from yunying.practices.purchasing.control import control
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import PurchasingModel, fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read

PRACTICE = Practice(
    manifest=Manifest(
        slug="purchasing",
        title_en="Purchasing",
        title_zh="进货",
        kpi="contribution_profit",
        facts=(
            "order_line",
            "stock_level",
            "stock_movement",
            "purchase_line",
            "product",
            "supplier",
            "supplier_offer",
            "promotion",
            "store",
        ),
        commands=("purchase_order",),
        cadence="daily",
        owner_role="buyer",
        fit_cadence="weekly",
    ),
    policy=PurchasingPolicy,
    read=read,
    fit=fit,
    decide=decide,
    control=control,
    model=PurchasingModel,
)
