"""What documents in XML have in common: feedgen, texts as XML, and the tags of other namespaces."""
