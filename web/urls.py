"""Where one waits for a job and fetches its file: /me/files/<id>/, and /api/v1/jobs/<id>/."""

from django.urls import path

from web.api import JobViewSet
from web.views import files

app_name = "web"
router_entries = [("jobs", JobViewSet)]
urlpatterns = [
    path("me/files/<uuid:pk>/", files.job, name="job"),
    path("me/files/<uuid:pk>/file/", files.file, name="file"),
]
