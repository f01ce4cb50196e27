"""Rehearsal: the work of workers, done once before any worker starts. So no worker repeats first-time
initialisation.
"""

from __future__ import annotations

from feedd.decide.stories.clusters import story_keys
from feedd.items.parse import parse_all
from feedd.render import FORMATS
from feedd.render.site_info import SiteInfo
from feedd.run.publish.make_entries import try_out

_ITEM = b"""---
title: A rehearsal \xe2\x80\x93 with a title of some length
webUrl: https://example.org/rehearsal
publishedDateTime: 2024-01-01T12:00:00Z
updatedDateTime: 2024-01-02
provider: {name: Somebody, domain: example.org, images: [{url: /icon.png, width: 1, height: 1}]}
topics: [One, Two]
tags: [three]
images: [{url: /picture.jpg, width: 640, height: 480}]
related: [{title: Another, webUrl: https://example.org/another, provider: {name: Somebody else}}]
locale: en-US
---
# A heading

A [link](https://example.org/), *words*, `code`, [[a page]] and https://example.org/bare.

- one
- <b>two</b>

| a | b |
|---|---|
| 1 | 2 |

![A picture](/picture.png)
"""
# In such a body all names that withhold are looked for, also those with markup in them.
_PAGE = b"""---
title: A page
---
From: [[a channel]] <br/>

Is it hidden?
"""


def rehearse() -> None:
    """Reads items and makes their entries in each format."""
    site = SiteInfo("https://example.org/", "", "", "en", "", None, None, None, None, (*FORMATS,))
    for path, data in (("rehearsal.md", _ITEM), ("rehearsal.html", _ITEM), ("page.md", _PAGE)):
        for parsed in parse_all([(path, data)], lambda _: None):
            if parsed.item is not None:
                story_keys(parsed.item)
                try_out(parsed.item, site)
