"""Pages of norms: the numbers, for whoever sets the county up; the official papers."""

from django.urls import path

from norms.api.routes import PaperViewSet
from norms.views import numbers, papers

app_name = "norms"

urlpatterns = [
    path("setup/numbers/", numbers.number_list, name="numbers"),
    path("setup/numbers/<slug:code>/", numbers.history, name="number"),
    path("setup/numbers/<slug:code>/change/", numbers.change, name="number_change"),
    path("papers/", papers.paper_list, name="papers"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/pdf/", papers.pdf, name="paper_pdf"),
    path("papers/<int:pk>/sign/", papers.sign, name="paper_sign"),
    path("papers/<int:pk>/serve/", papers.serve, name="paper_serve"),
    path("papers/<int:pk>/withdraw/", papers.withdraw, name="paper_withdraw"),
    path("papers/<int:pk>/receive/", papers.receive, name="paper_receive"),
    path("papers/<int:pk>/reword/", papers.reword, name="paper_reword"),
]
router_entries = (("papers", PaperViewSet),)
