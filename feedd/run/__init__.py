"""One pass: item files in, documents and a Report out."""
