"""Telling others after a pass: hubs and metrics."""
