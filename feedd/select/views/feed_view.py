"""The feed itself, as if it were a view: all its members, in its own order."""

from __future__ import annotations

from feedd.select.views.view_kind import MemberView
from feedd.select.views.view_options import ViewOptions


class FeedView(MemberView):
    """The feed itself. It is in no table: it has no folder of its own, and no option."""

    name = label = subtitle = ""

    def is_on(self, options: ViewOptions) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def limit(self, options: ViewOptions) -> None:  # noqa: ARG002
        """All its members."""
        return

    def why_absent(self, listed: int) -> str:
        """Why an entry is no member."""
        return f"not among its {listed} members"
