"""ASK, second stop: from a question to hits.

`fusion` ranks passages by three rankers at once; `copies` folds those that say the same.
"""
