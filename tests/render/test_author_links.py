"""Authors of an entry, as readers are told of them: each with an address of its own."""

from __future__ import annotations

import json

from support import Site, item

ADA, BOB = "https://ada.example/", "https://bob.example/"


def test_each_author_of_an_item_has_an_address_of_its_own(site: Site) -> None:
    site.configure(
        author={"name": "Desk", "uri": "https://desk.example/"},
        site={"authors": {"ada": {"name": "Ada", "url": ADA}, "bob": {"name": "Bob", "url": BOB}}},
    )
    site.write("a.md", item("A", authors=["bob", "Kim", "ada"]))
    site.write("b.md", item("B"))
    site.write("c.md", item("C", author="Kim", provider={"name": "Herald", "domain": "herald.example"}))
    site.render()
    told = {"Bob": BOB, "Kim": None, "Ada": ADA}
    entries = site.entries()
    assert [(each["name"], each.get("href")) for each in entries["A"].authors] == list(told.items())
    assert [(each["name"], each.get("href")) for each in entries["B"].authors] == [("Desk", "https://desk.example/")]
    assert [(each["name"], each.get("href")) for each in entries["C"].authors] == [("Kim", None)]
    in_json = {each["title"]: each["authors"] for each in json.loads((site.feeds / "feed.json").read_bytes())["items"]}
    assert in_json["A"] == [{"name": "Bob", "url": BOB}, {"name": "Kim"}, {"name": "Ada", "url": ADA}]
    assert in_json["B"] == [{"name": "Desk", "url": "https://desk.example/"}]
