"""Loading ahead: the modules that a pass and its workers need, loaded before there is a worker, so that it has them."""

from __future__ import annotations

import gc
from importlib import import_module

LOADED = (  # modules that a pass with changes needs
    "feedd.render.atom",
    "feedd.render.jsonfeed",
    "feedd.render.feed_page",
    "feedd.render.readback",
    "feedd.render.rss",
    "feedd.run.publish.make_documents",
    "feedd.run.publish.write_archives",
    "feedd.run.publish.write_entry_pages",
    "feedd.run.publish.write_index",
    "feedd.run.read",
    "feedd.run.remarks.early_entries",
    "feedd.run.update.collect_candidates",
    "feedd.run.update.decide_entries",
    "feedd.run.update.follow_renames",
    "feedd.run.update.identify",
    "feedd.run.update.tell_stories",
    "feedd.run.update.update_windows",
    "feedd.words.catalogue.en",
)
_LOADED_FOR_MANY = (  # modules that a small pass seldom needs
    "feedd.render.recovery.old_windows",
    "feedd.run.lost_ledger.begin_ledger",
    "rapidfuzz.fuzz",
)
_IN_WORKERS = ("nh3", "pyromark")  # modules that only workers need
_IN_WORKERS_FOR_MANY = (
    "feedd.items.bodies.attribute_lists",
    "feedd.items.bodies.containers",
    "feedd.items.bodies.page_addresses",
    "feedd.items.bodies.templates",
    "feedd.items.front_matter.libyaml",
)
_REHEARSAL = "feedd.run.publish.rehearse"  # it loads all that reads items, so it is loaded late


def load(*, lasting: bool = True) -> None:
    """Loads the modules of a pass, which commands load late. `lasting`: also the modules that only large passes need.

    A daemon loads them before its first pass, too. A module that is loaded during a large pass lies between the data of
    the pass. It keeps the memory around it from being given back: a third of all memory here.
    """
    searching = gc.isenabled()
    gc.disable()  # modules are no garbage
    try:
        for name in (*LOADED, *_LOADED_FOR_MANY) if lasting else LOADED:
            import_module(name)
    finally:
        if searching:
            gc.enable()


def get_ready(*, lasting: bool) -> None:
    """Loads what workers need, in the process that they are forked off. `lasting`: also rehearses their work."""
    for name in (*_IN_WORKERS, *_IN_WORKERS_FOR_MANY) if lasting else _IN_WORKERS:
        import_module(name)
    if lasting:
        import_module(_REHEARSAL).rehearse()
    gc.freeze()  # so that memory shared with workers is not written
