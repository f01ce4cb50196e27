"""Hosts: the authority of a URL as a person writes it, in; the same in ASCII, as browsers write it, out."""

from __future__ import annotations

LONGEST_HOST = 253  # characters of a host


def ascii_authority(authority: str) -> str:
    """A host, perhaps with a port, in ASCII (WHATWG URL, host parsing: UTS 46, nontransitional, then punycode).

    The authority comes back as it is if browsers would not open it. Names of emoji are none by IDNA 2008, but browsers
    open them; names in which an emoji is joined to another are none to both.
    """
    if authority.isascii() or len(authority) > LONGEST_HOST:
        return authority
    import idna  # its tables take 10 ms, and few hosts need them

    host, colon, port = authority.partition(":")
    try:
        labels = idna.uts46_remap(host, std3_rules=False).split(".")
        return ".".join(map(_ascii_label, labels)) + colon + port
    except ValueError:
        return authority


def _ascii_label(label: str) -> str:
    """A label, mapped already, in ASCII. Raises ValueError if it is none."""
    import idna

    if label.isascii():
        return label
    idna.check_initial_combiner(label)
    joiners = (at for at, each in enumerate(label) if each in "\u200c\u200d")
    if len(label) > 63 or not all(idna.valid_contextj(label, at) for at in joiners):
        raise ValueError
    return f"xn--{label.encode('punycode').decode()}"
