"""When to make a pass: reasons from files, the clock and signals in; passes, one after another, out."""
