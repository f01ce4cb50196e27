"""The second half of a pass: documents are made and written where they are not what they have to be."""
