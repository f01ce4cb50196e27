"""One pass: item files in, documents and a Report out. `publisher.py` draws the flow."""
