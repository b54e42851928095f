"""Pages of norms, for whoever sets the county up."""

from django.urls import path

from norms.views import numbers

app_name = "norms"

urlpatterns = [
    path("setup/numbers/", numbers.number_list, name="numbers"),
    path("setup/numbers/<slug:code>/", numbers.history, name="number"),
    path("setup/numbers/<slug:code>/change/", numbers.change, name="number_change"),
]
