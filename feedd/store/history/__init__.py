"""When files came to be: what the history of a folder knows of them."""
