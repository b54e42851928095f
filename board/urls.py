"""URLs of pages at the root of the site. Without a namespace, because the frame of every page names some of them."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import TemplateView

from board.views import access, account, brief, demo_phones, exchange, gateways, home, messages, search, six, tonight, wall
from board.views.design import design, set_theme

urlpatterns = [
    path("", home.home, name="home"),
    path("board/left/", home.left, name="board-left"),
    path("board/silent/", home.silent, name="board-silent"),
    path("board/events/", home.events, name="board-events"),
    path("board/strip/", home.strip, name="board-strip"),
    path("board/unit/<str:code>/", home.unit, name="board-unit"),
    path("board/counters/", home.counters, name="board-counters"),
    path("register/six/", six.six, name="six"),
    path("register/six/export/", six.export, name="six-export"),
    re_path(r"^register/six/(?P<code>\d{9})/(?P<item>supplies|training)/$", six.confirm, name="six-confirm"),
    path("tonight/", tonight.tonight, name="tonight"),
    path("brief/", brief.brief, name="brief"),
    path("incidents/<int:pk>/brief/", brief.incident_brief, name="incident-brief"),
    path("incidents/<int:pk>/brief/<slug:section>/", brief.edit, name="brief-edit"),
    path("search/", search.search_everything, name="search"),
    path("wall/", wall.wall, name="wall"),
    path("wall/side/", wall.side, name="wall-side"),
    path("wall/device/<str:token>/", wall.device, name="wall-device"),
    path("me/password/", account.password, name="my-password"),
    path("me/files/", account.files, name="my-files"),
    path("me/tokens/", account.tokens, name="my-tokens"),
    path("me/tokens/new/", account.new_token, name="my-token-new"),
    re_path(r"^me/tokens/(?P<mark>[0-9a-f]{24})/revoke/$", account.revoke_token, name="my-token-revoke"),
    path("setup/access/", access.access, name="access"),
    re_path(r"^setup/access/tokens/(?P<mark>[0-9a-f]{24})/revoke/$", access.revoke_token, name="access-token-revoke"),
    path("setup/access/people/<int:person>/unlock/", access.unlock, name="access-unlock"),
    path("setup/access/screens/<int:screen>/revoke/", access.revoke_screen, name="access-screen-revoke"),
    path("setup/access/platforms/<slug:platform>/revoke/", access.cut_platform, name="access-platform-revoke"),
    path("messages/", messages.messages, name="messages"),
    path("messages/inbox/", messages.inbox, name="messages-inbox"),
    path(
        "messages/inbox/<int:reply>/acknowledge/<int:assignment>/", messages.acknowledge_reply,
        name="messages-inbox-acknowledge",
    ),
    path("messages/inbox/<int:reply>/settle/", messages.settle_reply, name="messages-inbox-settle"),
    path("register/gateways/", gateways.gateways, name="gateways"),
    path("register/gateways/new/<slug:kind>/", gateways.add, name="gateway-new"),
    path("register/gateways/<int:pk>/", gateways.change, name="gateway-change"),
    path("register/gateways/<int:pk>/switch/", gateways.switch, name="gateway-switch"),
    path("register/gateways/<int:pk>/test/", gateways.trial, name="gateway-trial"),
    path("register/gateways/<int:pk>/token/", gateways.renew, name="gateway-token"),
    path("register/gateways/<int:pk>/texts/", gateways.templates, name="gateway-templates"),
    path("register/gateways/<int:pk>/texts/text/", gateways.template, name="gateway-template"),
    path("demo/phones/", demo_phones.demo_phones, name="demo-phones"),
    path("demo/phones/state/", demo_phones.state, name="demo-phones-state"),
    path("demo/exchange/", exchange.exchange, name="demo-exchange"),
    path("demo/exchange/<str:reference>", exchange.look_up, name="demo-exchange-look-up"),
    path("design/", design, name="design"),
    path("theme/", set_theme, name="theme"),
    path("offline/", login_not_required(TemplateView.as_view(template_name="offline.html")), name="offline"),
]
