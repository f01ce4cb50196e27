"""`python -m feedd`."""

from feedd.cli.main import entry_point

if __name__ == "__main__":  # a worker process imports this module too
    entry_point()
