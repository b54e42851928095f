"""The map's layers as the browser gets them, beside the bare SQL of their geometry."""

from __future__ import annotations

from django.db import connection
from django.test import Client

from bench.report import beside, median_ms
from command.actions import issue_order, open_incident
from org.models import Person

RAW = {
    "units": "SELECT json_agg(json_build_object('id', id, 'geometry', ST_AsGeoJSON(boundary, 5)::json))::text"
    " FROM org_unit WHERE boundary IS NOT NULL",
    "assignments": "SELECT json_agg(json_build_object('id', a.id, 'status', a.status, 'geometry',"
    " ST_AsGeoJSON(u.seat, 5)::json))::text FROM command_assignment a JOIN org_unit u ON u.id = a.unit_id"
    " WHERE a.order_id = (SELECT max(id) FROM command_order)",
    "incidents": "SELECT json_agg(json_build_object('id', id, 'title', title))::text FROM command_incident",
}


def run() -> None:
    officer = Person.objects.get(username="officer")
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    issue_order(by=officer, incident_id=incident.pk, text="查", units=["331126"], descendants=True, ladder="red")
    client = Client()
    client.force_login(officer, backend="emergency.authentication.sessions.PeopleBackend")
    for layer, sql in RAW.items():
        url = f"/api/v1/map/{layer}.geojson?incident={incident.pk}"
        answer = client.get(url)
        if answer.status_code != 200:
            print(f"{layer}: {answer.status_code}")
            continue
        size = len(answer.getvalue()) / 1024
        ours = median_ms(lambda url=url: client.get(url).getvalue())
        raw = median_ms(lambda sql=sql: _ask(sql))
        beside(f"{layer}.geojson ({size:.0f} KB)", ours, "raw SQL", raw, "ms")


def _ask(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()
