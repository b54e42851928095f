"""Common Alerting Protocol 1.2 (OASIS Standard CAP-V1.2, 1 July 2010), 1.1 and 1.0: bytes in, checked `Message`s out,
or `Refused`.
"""

from early_warning.platforms.cap.colours import Colour, colour_of, colour_of_info
from early_warning.platforms.cap.errors import Refused, TooLarge
from early_warning.platforms.cap.message import Area, Info, Message, Reference, Resource
from early_warning.platforms.cap.reader import Reading, read, read_all
from early_warning.platforms.cap.tree import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "Area",
    "Colour",
    "Info",
    "Message",
    "Reading",
    "Reference",
    "Refused",
    "Resource",
    "TooLarge",
    "colour_of",
    "colour_of_info",
    "read",
    "read_all",
]
