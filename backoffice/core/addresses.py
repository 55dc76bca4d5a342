"""Which addresses of the Internet our outbound client may connect to."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

# Global by the registries' word, but not places to let a stranger send us to.
_NOT_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and metadata of some clouds
        "168.63.129.16/32",  # metadata of one more
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.175.48.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",  # multicast and everything after it
    )
)
_UNICAST_V6: Final = IPv6Network("2000::/3")
_NOT_V6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether a numeric address is one of the public Internet; ValueError if it is no address.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged by itself; other ways of wrapping are refused whole.
    """
    given = ip_address(address) if isinstance(address, str) else address
    if isinstance(given, IPv6Address):
        if given.ipv4_mapped is not None:
            return is_public(given.ipv4_mapped)
        if given in _NAT64:
            return is_public(IPv4Address(int(given) & 0xFFFF_FFFF))
        return given.is_global and given in _UNICAST_V6 and not any(given in network for network in _NOT_V6)
    return given.is_global and not any(given in network for network in _NOT_V4)
