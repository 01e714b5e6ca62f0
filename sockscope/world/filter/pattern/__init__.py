"""Regular expressions whose search time grows with the length of the text and with nothing else.

Names of processes and files are chosen by any local user; a pattern that backtracks lets such a name
stop the viewer. Python's own `re` backtracks, so the patterns of a filter are read and run here.
"""
