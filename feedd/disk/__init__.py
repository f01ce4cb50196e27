"""Files and the state database. The only code that opens one."""
