"""Pure rules, one subject a file: what a value means and how it is stored. No clock, SQL, HTTP."""
