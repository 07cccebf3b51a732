"""Words and sentences by themselves: no article, no index, no question is known here. Pure.

`terms` are words as rankers see them, by the tables of `wordlists`; `sentences` finds where one
ends, `clauses` takes an English one apart; the rest tells what a sentence holds.
"""
