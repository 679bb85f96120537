"""A roster in a file, brought into the portal through its API, with an account of every row."""
