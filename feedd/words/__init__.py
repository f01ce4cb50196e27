"""feedd's own words in documents: a name and a language in; words, counts and dates in that language out."""
