"""The only code that opens a file or the database."""
