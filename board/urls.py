"""Pages at the root of the site. Without a namespace: the frame of every page names some of them."""

from django.urls import include, path

from board.views import home, search, wall

urlpatterns = [
    path("", home.home, name="home"),
    path("board/left/", home.left, name="board-left"),
    path("board/silent/", home.silent, name="board-silent"),
    path("board/feed/", home.events, name="board-feed"),
    path("board/strip/", home.strip, name="board-strip"),
    path("board/unit/<str:code>/", home.unit, name="board-unit"),
    path("board/counters/", home.counters, name="board-counters"),
    path("search/", search.search_everything, name="search"),
    path("wall/", wall.wall, name="wall"),
    path("wall/side/", wall.side, name="wall-side"),
    path("wall/device/<str:token>/", wall.device, name="wall-device"),
    path("", include("board.urls_design")),
]
