"""The command that looks at the public address: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse

from feedd.cli import output
from feedd.cli.main import DONE, PROBLEMS
from feedd.cli.setup import with_config
from feedd.config.load import Config
from feedd.store.documents import FeedsDirectory


def doctor(options: argparse.Namespace) -> int:
    """`feedd doctor`."""

    def act(config: Config) -> int:
        from feedd.doctor.examine import PublicSite, findings
        from feedd.doctor.fetch import Fetcher

        address = options.url or config.base_url
        feeds = FeedsDirectory(config.directories.feeds)
        site = PublicSite(address, config.base_url, config.formats, config.websub.hubs, feeds)
        with Fetcher(options.timeout) as fetcher:
            found = list(findings(site, fetcher))
        if options.format == "json":
            output.say_json([each._asdict() for each in found])
        else:
            output.say_findings((each.level, each.url, each.words, each.remedy) for each in found)
        return PROBLEMS if any(each.level == "error" for each in found) else DONE

    return with_config(options, act)
