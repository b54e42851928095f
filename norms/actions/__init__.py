"""What rules set in motion: the chase; the numbers that they rest on; the official papers that they draft."""

from norms.actions.chase import CHASES, TOLD, Chase, Step, chased
from norms.actions.papers import (
    draft_papers,
    edit_paper,
    receive_paper,
    serve_paper,
    sign_paper,
    signed,
    withdraw_about,
    withdraw_paper,
)
from norms.actions.set_number import set_number

__all__ = [
    "CHASES",
    "TOLD",
    "Chase",
    "Step",
    "chased",
    "draft_papers",
    "edit_paper",
    "receive_paper",
    "serve_paper",
    "set_number",
    "sign_paper",
    "signed",
    "withdraw_about",
    "withdraw_paper",
]
