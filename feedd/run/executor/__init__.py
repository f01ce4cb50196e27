"""Jobs run in processes that can be ended at any moment."""
