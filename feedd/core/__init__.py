"""Decisions. No disk, network, clock, thread or log: values in, values out."""
