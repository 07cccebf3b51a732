"""ASK, third stop: from hits to quotes, or to silence.

`features` of each sentence are summed by `weights` (`weighing`); `quoting` takes the best and
`completing` adds what a reader must see beside them.
"""
