"""Pictures of other sites: fetched beside the passes, made anew, and kept."""
