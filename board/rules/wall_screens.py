"""How wall screens are named among the people of the register."""

PREFIX = "wall-"
"""Their usernames and tokens begin so: the middleware knows a token without asking the database."""


def username_of(name: str) -> str:
    return f"{PREFIX}{name}"
