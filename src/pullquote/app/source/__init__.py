"""The source panel: a whole article with the quotes of an answer marked in their places.

`sources` finds where the words stand now; `panel`, `body` and `marks` show them.
"""
