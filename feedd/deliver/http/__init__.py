"""Requests to servers of others: through which proxy, over which connections, and with which bounds."""
