"""Hosts: the authority of a URL as a person writes it, in; the same in ASCII, as browsers write it, out."""

from __future__ import annotations

from feedd.patterns import late_pattern

LONGEST_HOST = 253  # characters of a host
_NUMBER = late_pattern("[0-9]+|0x[0-9a-f]*")


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
    """A label, mapped already, in ASCII. Raises ValueError if it is not a label of a host."""
    import idna

    if label.isascii():
        return label
    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    joiners = (at for at, each in enumerate(label) if each in "\u200c\u200d")
    if len(label) > 63 or not all(idna.valid_contextj(label, at) for at in joiners):
        raise ValueError
    return f"xn--{label.encode('punycode').decode()}"


def is_possible_name(host: str) -> bool:
    """Whether browsers open a host in ASCII. They take what ends in a number for an IPv4 address, and labels that begin
    with `xn--` for punycode (WHATWG URL, host parsing).
    """
    labels = host.lower().removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(labels)
    return all(_is_punycode(label[4:]) for label in labels if label.startswith("xn--"))


def _is_ipv4(parts: list[str]) -> bool:
    try:
        numbers = [
            int(part, 16 if part[:2] == "0x" else 8 if part[0] == "0" and len(part) > 1 else 10) for part in parts
        ]
    except (ValueError, IndexError):
        return parts[-1] == "0x" and _is_ipv4([*parts[:-1], "0"])
    return len(parts) < 5 and all(each < 256 for each in numbers[:-1]) and numbers[-1] < 256 ** (5 - len(parts))


def _is_punycode(encoded: str) -> bool:
    import idna

    try:
        label = encoded.encode().decode("punycode")
        return not label.isascii() and idna.uts46_remap(label, std3_rules=False) == label and bool(_ascii_label(label))
    except ValueError:
        return False
