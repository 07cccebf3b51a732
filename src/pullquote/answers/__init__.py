"""ASK, last stop: from a question to an answer in which every word has its place.

`narrowing` reads the question's filters, `finding` runs retrieval and evidence over one generation
of the index, `answering` makes quotes or silence of what was found; `freshness` does all that with
files as they are now. What is said of versions, sides, copies and misses is made by the rest.
"""
