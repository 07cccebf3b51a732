"""What happens when the page is used: each event returns what changes.

`desk` is what they share; `asking`, `talking` and `standing` are about answers, conversations and
the index.
"""
