"""The network addresses that requests come from, as limits count them."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """The network to count by: an IPv4 address itself, of IPv6 the /64, in which one phone has countless addresses.

    What is no address is given back: a socket in the file system has none, and counts as one sender.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def site_of(address: str) -> str:
    """The IPv6 /48 that one customer may be given whole, 65,536 networks; empty for an IPv4 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 48), strict=False))
    return ""
