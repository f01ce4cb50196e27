"""What the daemon runs by: options and the configuration, as it is at the time, in; a Setup out."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from feedd.cli.copies.recovering import recovery_source
from feedd.cli.service import service_settings
from feedd.cli.setup import deliveries, items_directory, read_configuration, state_path, upload_targets
from feedd.cli.subscribing.private_sites import private_publishers
from feedd.config.config_file import ConfigError
from feedd.config.judging.refused_configuration import PrivateWatch
from feedd.config.load import DEFAULT_PATH, Config
from feedd.config.private_settings import PrivateSettings
from feedd.config.resolve import pass_settings
from feedd.daemon.daemon_setup import Setup
from feedd.model import Problem
from feedd.store.control import ConfigurationFile
from feedd.store.documents import FeedsDirectory


class SetupReader:
    """Reads the configuration for a daemon, each time that it is called. `state`: the daemon's state directory, which
    stays the same.
    """

    def __init__(self, options: argparse.Namespace, state: Path) -> None:
        self._options = options
        self._state = state
        self._path: Path = options.config or DEFAULT_PATH
        self._watched = PrivateWatch(self._path)

    def __call__(self) -> Setup:
        """The Setup of the configuration as it is now. Raises ConfigError."""
        file = ConfigurationFile.of(self._path)  # first: what changes while the configuration is read has changed since
        config = read_configuration(self._options)
        if state_path(config) != self._state:
            reason = "directories.state cannot change while the daemon runs; stop it and start it again"
            raise ConfigError([Problem(str(self._path), reason)])
        return replace(self._setup_of(config), configuration_file=file)

    def _setup_of(self, config: Config) -> Setup:
        return Setup(
            items=items_directory(config),
            feeds=FeedsDirectory(config.directories.feeds),
            settings=pass_settings(config),
            timing=config.daemon,
            service=service_settings(config, self._options.listen),
            deliver=deliveries(config),
            targets=upload_targets(config),
            private=partial(private_publishers, config),
            recovery=recovery_source(config),
            stricter=partial(self._stricter, config),
        )

    def _stricter(self, config: Config) -> Setup | None:
        """The Setup that withholds what names an audience, if the file has private feeds now and `config` has none."""
        if config.private is None and self._watched.has_private():
            return self._setup_of(replace(config, private=PrivateSettings()))
        return None
