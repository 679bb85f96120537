"""What visitors see: server-rendered pages of listings and agents, whole without script.

`pages` is the way in. The rest makes what the templates print: nothing here asks the store.
"""
