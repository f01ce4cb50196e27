"""The rows of media: files beside items, and pictures of other sites."""
