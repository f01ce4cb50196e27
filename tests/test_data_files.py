"""Files of data beside texts, as Eleventy and Nikola have them: what they withhold, on each pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Site

from feedd.items.withholding.data_marks import hiding_data


def titles(site: Site) -> set[str]:
    return {entry.title for entry in site.feed().entries}


def post(title: str) -> str:
    return f"---\ntitle: {title}\ndate: 2024-03-02\n---\nText.\n"


@pytest.fixture
def texts(site: Site) -> Site:
    """A site with texts in the root, in a folder, and in a folder of the folder."""
    site.write("seen.md", post("Seen"))
    site.write("talks/one.md", post("One"))
    site.write("talks/two.html", post("Two"))
    site.write("talks/old/three.md", post("Three"))
    return site


ALL = {"Seen", "One", "Two", "Three"}
HIDING = '{"draft": true}'
OF_FOLDERS = {
    "talks/talks.json": (HIDING, {"Seen"}),
    "talks/talks.11tydata.json": ('{"eleventyExcludeFromCollections": true}', {"Seen"}),
    "talks/talks.11tydata.js": ("module.exports = {\n  permalink: false,\n};\n", {"Seen"}),
    "talks/talks.11tydata.mjs": ("export default { eleventyComputed: { permalink: () => false } };", {"Seen"}),
    "talks/talks.yaml": ("draft: true\n", {"Seen"}),
    "talks/index.11tydata.json": (HIDING, {"Seen"}),  # as `setDataFileBaseName("index")` has it
    "talks/old/old.json": ('{"eleventyComputed": {"permalink": false}}', {"Seen", "One", "Two"}),
    "talks/one.json": (HIDING, {"Seen", "Two", "Three"}),
    "talks/one.11tydata.json": ('{"permalink": false}', {"Seen", "Two", "Three"}),
    "talks/old/old.11tydata.js": ("/* one */\nmodule.exports = { draft: true };\n/* ", {"Seen", "One", "Two"}),
    "talks/two.11tydata.cjs": ("module.exports = { hidden: true };", {"Seen", "One", "Three"}),
    "talks/one.meta": (".. title: One\n.. tags: x, draft\n", {"Seen", "Two", "Three"}),
    "talks/two.meta": ("Two\ntwo\n2024/01/02 10:00\ndraft\n", {"Seen", "One", "Three"}),
    "talks/one.yml": ("status: draft\n", {"Seen", "Two", "Three"}),
    "talks/old/three.json": ('{"draft": true,}', {"Seen", "One", "Two"}),  # it cannot be read
}
SHOWING = {
    "talks/talks.json": '{"permalink": "/t/{{ page.fileSlug }}/", "tags": "talks", "draft": false}',
    "talks/talks.11tydata.js": "module.exports = { permalink: d => d.draft ? false : d.permalink };\n",
    "talks/talks.11tydata.mjs": "export default { permalink: d => d.shown ? d.permalink : false };\n",
    "talks/other.json": HIDING,
    "talks/one.json": '{"version": "1.2.0", "chapters": [{"title": "draft", "hidden": true}]}',
    "talks/one.md.json": HIDING,
    "talks/talks.11tydata.cjs": "/**\n * Heeds `draft: true`.\n */\n  // permalink: false\nmodule.exports = {};\n",
    "talks/one.meta": "guid 12\n",
    "talks/.json": HIDING,
    "talks/seen.json": HIDING,
    "talks/one.yaml": "title: [\n",
}


@pytest.mark.parametrize("path", OF_FOLDERS)
def test_a_file_of_data_withholds_texts_until_it_says_otherwise(texts: Site, path: str) -> None:
    texts.render()
    before = texts.ids()
    data, shown = OF_FOLDERS[path]
    texts.write(path, data)
    texts.render()
    assert titles(texts) == shown
    found = texts.run("check").out
    assert f"{path}: it withholds " in found
    (texts.seeds / path).unlink()
    texts.render()
    assert texts.ids() == before


@pytest.mark.parametrize("path", SHOWING)
def test_a_file_of_data_may_withhold_nothing(texts: Site, path: str) -> None:
    texts.write(path, SHOWING[path])
    texts.render()
    assert titles(texts) == ALL


def test_data_of_a_list_beside_it_withholds_no_folder(texts: Site) -> None:
    texts.write("talks/index.njk", "{% for post in posts %}{% endfor %}")
    texts.write("talks/index.11tydata.json", HIDING)
    texts.render()
    assert titles(texts) == ALL


def test_all_texts_may_be_withheld_by_a_file_that_is_there(texts: Site) -> None:
    texts.render()
    texts.write("seeds.json", HIDING)
    texts.render()
    assert titles(texts) == set()


def test_why_names_the_file(texts: Site) -> None:
    texts.write("talks/one.json", HIDING)
    texts.write("talks/old/old.json", HIDING)
    for path, origin in (("talks/one.md", "talks/one.json"), ("talks/old/three.md", "talks/old/old.json")):
        result = texts.run("check", f"seeds/{path}")
        assert f"{origin} withholds it (`draft: true`)" in result.out + result.err


def test_a_file_of_data_that_cannot_be_read_withholds_its_text(texts: Site) -> None:
    texts.render()
    for path in ("talks/one.json", "talks/old/old.json"):
        Path(texts.seeds / path).symlink_to(texts.seeds / path)  # a loop: nobody can read it, whoever it is
    texts.write("talks/old/four.md", post("Four"))
    texts.render()
    assert titles(texts) == {"Seen", "Two", "Three"}
    said = texts.run("check").out
    assert "talks/one.json: whether it withholds the text of its name cannot be known" in said
    assert "whether talks/old/old.json withholds what lies here cannot be known" in said


def test_a_glance_heeds_files_of_data(texts: Site) -> None:
    from feedd.store.items import ItemsDirectory

    paths = ["seen.md", "talks/one.md", "talks/old", "talks/two.html"]
    items = ItemsDirectory(texts.seeds, (".md", ".html"), (".*", "_*"), 1000)
    for path, data in {
        "talks/one.json": HIDING,
        "talks/two.meta": ".. title: x\n",
        "talks/old/old.yaml": "draft: true",
    }.items():
        texts.write(path, data)
    assert items.glance(paths).there == ("seen.md",)


def test_a_glance_at_many_texts_heeds_files_of_data(texts: Site) -> None:
    from feedd.store.items import ItemsDirectory

    paths = [f"many/{number}.md" for number in range(60)]
    for path in paths:
        texts.write(path, post(path))
    for number in (3, 50):
        texts.write(f"many/{number}.json", HIDING)
    items = ItemsDirectory(texts.seeds, (".md", ".html"), (".*", "_*"), 1000)
    assert set(paths) - set(items.glance(paths).there) == {"many/3.md", "many/50.md"}


def test_translations_have_the_fields_of_the_text(texts: Site) -> None:
    texts.write("talks/one.de.md", post("Eins"))
    texts.write("talks/one.meta", ".. title: One\n.. status: draft\n")
    texts.render()
    assert titles(texts) == {"Seen", "Two", "Three"}


ABOVE = {
    "_index.md": "+++\ndraft = true\n+++\n",
    "_index.de.md": "---\ncascade: {draft: true}\n---\n",
    "content.11tydata.json": HIDING,
}


@pytest.mark.parametrize("mark", ["hugo.toml", None])
@pytest.mark.parametrize("name", ABOVE)
def test_files_above_the_items_speak_for_them(site: Site, name: str, mark: str | None) -> None:
    content = site.root / "site/content"
    (content / "blog/2024").mkdir(parents=True)
    (content / "blog/2024/one.md").write_text(post("One"))
    if mark:
        (site.root / "site" / mark).write_text("")
    site.configure(directories={"seeds": "site/content/blog/2024"})
    site.render()
    assert titles(site) == {"One"}
    if mark:
        (site.root / "site" / name).write_text(ABOVE[name])  # beside the configuration, where it means nothing
        site.render()
        assert titles(site) == {"One"}
    (content / name).write_text(ABOVE[name])
    site.render()
    assert titles(site) == set()
    assert "it withholds texts below its folder" in site.run("check").out


@pytest.mark.parametrize(
    "script",
    [
        "({ draft: true })",
        "{ 'eleventyExcludeFromCollections' : true }",
        "permalink: function () { return false; }",
        "permalink() { return false }",
        "permalink: (data) => false",
        "permalink: data => false",
        "published: false",
        "permalink: ({ page }) => false",
        "permalink: async (data) => ({ return false })",
        "permalink: (() => false)",
        "['permalink']: false",
        "export const draft = true;",
        "module.exports.permalink = false;",
    ],
)
def test_a_script_is_read_as_text(script: str) -> None:
    assert hiding_data("a.11tydata.js", script.encode())
    assert not hiding_data("a.11tydata.js", script.replace("true", "x").replace("false", "x").encode())


@pytest.mark.parametrize(
    "script",
    [
        "permalink: ({ shown, permalink }) => shown ? permalink : false",
        "export const draft = false; let published = false;",
        "permalink: (data) => isDraft(data) ? false : data.permalink",
        "if (data.permalink === false) {}",
    ],
)
def test_a_condition_in_a_script_withholds_nothing(script: str) -> None:
    assert not hiding_data("a.11tydata.js", script.encode())


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", '{"permalink": false,}'), ("a.yaml", "permalink: false\n\tx: 1\n")]
)
def test_data_that_cannot_be_read_withholds_if_it_may_say_that_there_is_no_page(name: str, text: str) -> None:
    assert hiding_data(name, text.encode())
    assert not hiding_data(name, text.replace("false", "x").encode())


@pytest.mark.parametrize("name", ["secured", "securd", r"\u0073ecurd"])
def test_no_message_about_data_that_names_sealed_text_quotes_it(name: str) -> None:
    said = hiding_data("a.11tydata.json", f'{{"{name}": "x", "draft": "HIDDEN words"}}'.encode())
    assert said.startswith("draft")
    assert "HIDDEN" not in said
    said = hiding_data("a.11tydata.json", f'{{"{name}": "x", "draft": true, "HIDDEN": 1, "HIDDEN": 2}}'.encode())
    assert "cannot be read" in said
    assert "HIDDEN" not in said


def test_the_file_of_a_package_of_npm_withholds_nothing(texts: Site) -> None:
    texts.write("talks/package.md", post("Package"))
    texts.write("talks/package.json", '{"name": "talks", "private": true}')
    texts.render()
    assert titles(texts) == {*ALL, "Package"}
