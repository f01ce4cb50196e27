"""Commands to calls, reports to words and exit statuses. The only place that prints."""
