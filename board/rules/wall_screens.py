"""How wall screens are named among the people of the register."""

PREFIX = "wall-"
"""Prefix of their usernames and tokens: the middleware recognises a token without a query."""


def username_of(name: str) -> str:
    return f"{PREFIX}{name}"
