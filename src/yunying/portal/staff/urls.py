"""The addresses of the staff pages."""

from django.urls import path

from yunying.portal.staff.views import catalogue, counts, coupons, customers, money, orders, sheets, stock, talk

app_name = "staff"
urlpatterns = [
    path("<slug:shop>/", orders.order_list, name="orders"),
    path("<slug:shop>/orders/<str:number>/", orders.page, name="order"),
    path("<slug:shop>/orders/<str:number>/<slug:action>/", orders.act, name="order-act"),
    path("<slug:shop>/orders/<str:number>/money/<slug:action>/", orders.act_money, name="order-money"),
    path("<slug:shop>/money/", money.page, name="money"),
    path("<slug:shop>/money/check/", money.check, name="money-check"),
    path("<slug:shop>/money/refund/<int:id>/", money.refund, name="money-refund"),
    path("<slug:shop>/money/sent/<int:id>/", money.sent, name="money-sent"),
    path("<slug:shop>/products/", catalogue.product_list, name="products"),
    path("<slug:shop>/products/bulk/", catalogue.bulk, name="products-bulk"),
    path("<slug:shop>/products/new/", catalogue.new, name="product-new"),
    path("<slug:shop>/products/export/", sheets.export, name="products-export"),
    path("<slug:shop>/products/import/", sheets.receive, name="products-import"),
    path("<slug:shop>/products/names/", catalogue.names, name="names"),
    path("<slug:shop>/products/at/<slug:product>/", catalogue.page, name="product"),
    path("<slug:shop>/products/at/<slug:product>/<slug:action>/", catalogue.act, name="product-act"),
    path("<slug:shop>/stock/", stock.stock_list, name="stock"),
    path("<slug:shop>/stock/at/<int:id>/", stock.page, name="stock-item"),
    path("<slug:shop>/stock/at/<int:id>/receive/", stock.receive, name="stock-receive"),
    path("<slug:shop>/stock/at/<int:id>/adjust/", stock.adjust, name="stock-adjust"),
    path("<slug:shop>/stock/counts/", counts.count_list, name="counts"),
    path("<slug:shop>/stock/counts/begin/", counts.begin, name="counts-begin"),
    path("<slug:shop>/stock/counts/<int:id>/", counts.page, name="count"),
    path("<slug:shop>/stock/counts/<int:id>/<slug:action>/", counts.act, name="count-act"),
    path("<slug:shop>/customers/", customers.customer_list, name="customers"),
    path("<slug:shop>/questions/", customers.conversation_list, name="conversations"),
    path("<slug:shop>/questions/<int:id>/", customers.conversation, name="conversation"),
    path("<slug:shop>/questions/<int:id>/<slug:action>/", customers.conversation_act, name="conversation-act"),
    path("<slug:shop>/reviews/", customers.review_list, name="reviews"),
    path("<slug:shop>/reviews/<int:id>/", customers.review_act, name="review-act"),
    path("<slug:shop>/talk/", talk.queue, name="talk"),
    path("<slug:shop>/talk/decide/", talk.decide, name="talk-decide"),
    path("<slug:shop>/talk/trust/<int:id>/", talk.trust, name="talk-trust"),
    path("<slug:shop>/talk/rules/", talk.rules, name="talk-rules"),
    path("<slug:shop>/talk/rules/<slug:action>/", talk.rules_set, name="talk-rules-set"),
    path("<slug:shop>/coupons/", coupons.page, name="coupons"),
    path("<slug:shop>/coupons/make/", coupons.make, name="coupon-make"),
    path("<slug:shop>/coupons/<int:id>/end/", coupons.end, name="coupon-end"),
]
