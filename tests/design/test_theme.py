"""The choice of theme is a cookie, so that the first byte of the page is already right."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def client(plain_static: None, db: None) -> Client:
    return Client()


def test_a_chosen_theme_is_rendered_by_the_server(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "light", "next": "/login/"})
    assert answer.status_code == 302
    assert answer.url == "/login/"
    assert 'data-bs-theme="light"' in client.get("/login/").content.decode()


def test_automatic_gives_the_choice_back_to_the_system(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": "auto"})
    assert "data-bs-theme" not in client.get("/login/").content.decode().split("<head>")[0]


def test_a_foreign_address_is_not_followed(client: Client) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"}).url == "/"


def test_a_forged_theme_cookie_reaches_no_page(client: Client) -> None:
    client.cookies["sanji_theme"] = '"><script>'
    assert "data-bs-theme" not in client.get("/login/").content.decode().split("<head>")[0]


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_the_page_names_its_language(client: Client, language: str, lang: str) -> None:
    client.cookies["django_language"] = language
    assert f'<html lang="{lang}"' in client.get("/login/").content.decode()


def test_the_error_page_needs_neither_request_nor_database(plain_static: None) -> None:
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string("500.html")
