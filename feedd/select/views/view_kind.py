"""Kinds of views, by where their entries come from: the feed's members, admissions of their own, or closed periods.

Each view is a module beside this one, and a line in the table. Code with the ledger goes by these kinds: run/ has a way
to fill each kind of view, and inspect/ a way to explain it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from feedd.select.ranking import RankKey, RankSettings
from feedd.select.views.view_options import ViewOption, ViewOptions


class ViewOrder(Struct, frozen=True):
    """The order of a view: its name in JSON, and in words. `is_rank`: it is by the key that ranks feeds."""

    name: str
    words: str
    is_rank: bool = False


BY_HEAT = ViewOrder("heat", "by heat and date", is_rank=True)
BY_QUALITY = ViewOrder("quality", "by quality", is_rank=True)


class ViewKind(ABC):
    """One way to see a feed, in a folder below the feed's. In the catalogue of words its label has the name
    `short_name`, and its subtitle has this name with `about_` before it.
    """

    name: str  # the folder, and the view's name in the configuration
    options: Mapping[str, ViewOption] = {}  # its keys in the section `views` of the configuration
    is_list = False  # entries come and go in a list, and it shows their places and heats; a stream only has news
    on_one_page = False  # its entries link to parts of its page, so that links do not tell entries apart
    orders: tuple[ViewOrder, ...] = (BY_HEAT, BY_QUALITY)  # the orders that it may have

    @property
    def short_name(self) -> str:
        """Another name by which the configuration may call the view, and the name of its word."""
        return self.name

    @property
    def why_off(self) -> str:
        """Why there is no such view, if there is none."""
        return f"`views.{self.name}` is off"

    @abstractmethod
    def is_on(self, options: ViewOptions) -> bool:
        """Whether feeds with views have this view."""

    @abstractmethod
    def limit(self, options: ViewOptions) -> int | None:
        """How many entries it lists at most: the first in its order. None: all."""

    def rank(self, feed: RankSettings) -> RankSettings:
        """How its entries are ranked, in a feed whose members are ranked so."""
        return feed

    def order(self, rank: RankSettings) -> ViewOrder:
        """The order of the view in a feed with these settings of its rank."""
        return BY_QUALITY if rank.order == "quality" else BY_HEAT

    def sort_key(self, admitted: int, key: RankKey) -> tuple[int, RankKey]:  # noqa: ARG002
        """Orders its entries, greatest first. `admitted` is when an entry was admitted, `key` the entry's rank."""
        return 0, key


class MemberView(ViewKind):
    """A view that shows the members of its feed."""

    @abstractmethod
    def why_absent(self, listed: int) -> str:
        """Why a member of the feed is not among the `listed` entries of the view."""


class AdmissionView(ViewKind):
    """A view that admits members of its feed, once and for good. It holds as many entries as its feed."""

    pushed_out = "newer admissions have pushed it out"  # why an entry is no longer in it

    @abstractmethod
    def admits(self, heats: Mapping[int, float], options: ViewOptions) -> set[int]:
        """The entries to be admitted, if they were not before. `heats` are the effective heats of all members."""

    @abstractmethod
    def why_absent(self, heat: float, heats: Mapping[int, float], options: ViewOptions) -> str:
        """Why a member of the feed with this heat was never admitted. `heats` are all members' effective heats."""

    def limit(self, options: ViewOptions) -> None:  # noqa: ARG002 - only a view with a limit of its own reads it
        """All that it holds."""
        return


class DueTimes(Struct, frozen=True):
    """When an entry was first shown, and when its digest is due. `end` is the end of the period that contains the
    entry's date. `late` is the end of the next digest, if that digest will list the entry because the entry missed its
    own. Else None.
    """

    now: datetime
    first_shown: datetime
    end: datetime
    late: datetime | None


class PeriodView(ViewKind):
    """A view with an entry for each period that is over. Its limit counts the entries that such an entry names."""

    on_one_page = True
    cadence: str  # how the ledger calls these periods

    @abstractmethod
    def why_absent(self, times: DueTimes, made: str | None) -> str:
        """Why none of its entries names a member of the feed. `made`: the period of the member's date in words, if
        there is an entry for this period.
        """
