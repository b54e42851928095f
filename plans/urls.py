"""Pages and files of plans, under /plans/."""

from django.urls import path

from plans.views import acts, calendar, compare, editor, files, inherit, listing, plan

app_name = "plans"

urlpatterns = [
    path("", listing.plan_list, name="list"),
    path("new/", listing.new, name="new"),
    path("library/", listing.library, name="library"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("import/", files.import_plan, name="import"),
    path("items/<int:pk>/answer/", acts.answer_item, name="answer_item"),
    path("<slug:code>/", plan.detail, name="plan"),
    path("<slug:code>/export.yaml", plan.export, {"kind": "yaml"}, name="export_yaml"),
    path("<slug:code>/export.xlsx", plan.export, {"kind": "xlsx"}, name="export_xlsx"),
    path("<slug:code>/compare/", compare.versions, name="compare"),
    path("<slug:code>/inherit/", inherit.choose, name="inherit"),
    path("<slug:code>/inherit/<str:unit>/", inherit.inherit, name="inherit_for"),
    path("<slug:code>/draft/", acts.draft, name="draft"),
    path("<slug:code>/submit/", acts.submit, name="submit"),
    path("<slug:code>/send-back/", acts.send_back, name="send_back"),
    path("<slug:code>/approve/", acts.approve, name="approve"),
    path("<slug:code>/headquarters/", acts.headquarters, name="headquarters"),
    path("<slug:code>/file/", acts.file, name="file"),
    path("<slug:code>/discard/", acts.discard, name="discard"),
    path("<slug:code>/items/new/", acts.raise_item, name="raise_item"),
    path("<slug:code>/due/<slug:what>/", acts.record_due, name="record_due"),
    path("<slug:code>/due/<slug:what>/date/", acts.set_due, name="set_due"),
    path("<slug:code>/edit/", editor.edit, name="edit"),
    path("<slug:code>/edit/head/", editor.head, name="edit_head"),
    path("<slug:code>/edit/levels/<slug:name>/", editor.level, name="edit_level"),
    path("<slug:code>/edit/levels/<slug:name>/remove/", editor.remove_level, name="remove_level"),
    path("<slug:code>/edit/new/", editor.add, name="add_action"),
    path("<slug:code>/edit/actions/<slug:action>/", editor.change, name="change_action"),
    path("<slug:code>/edit/actions/<slug:action>/remove/", editor.remove, name="remove_action"),
    path("<slug:code>/edit/actions/<slug:action>/cell/", editor.set_cell, name="set_cell"),
]
