"""After a pass, or beside passes: hubs are told, documents uploaded, sizes and pictures fetched, passes counted."""
