"""Other generators, a module for each: a folder in; whether it is a site of theirs, and the facts of the site, out."""
