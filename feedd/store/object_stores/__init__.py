"""Buckets of object stores: their addresses, and one client for S3, Google Cloud Storage and Azure Blob."""
