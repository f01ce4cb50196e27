"""The bytes of a file become an Item, or Problems. Pure: no disk, network, clock, thread or log."""
