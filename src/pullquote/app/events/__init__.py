"""What happens when the page is used: each event returns what changes.

`desk` is what they share; `asking`, `rating`, `talking` and `standing` are about answers, what is
thought of them, conversations and the index.
"""
