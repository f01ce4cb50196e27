"""Markdown and HTML of any kind become safe HTML that stands on its own in a feed reader. Pure."""
