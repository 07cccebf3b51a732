"""Questions with known answers: made from one's own articles, and measured.

`measuring` asks them and `figures` sums up; `making` writes them: `rules` ask, and `questions`
keeps what is sound.
"""
