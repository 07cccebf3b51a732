"""A corpus of articles that try to run, load, hide or stretch something, in every place they can.

Whatever runs sets `window.ran`; whatever loads asks the host `evil.example`.
"""

from pathlib import Path

_LONG = "Wxyz" * 1_250
# Each is tried in title, tags, authors, category, summary, heading, sentence, table, link, image
# and code of an article of its own.
PAYLOADS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=2>",
    "<svg onload=window.ran=3><animate onbegin=window.ran=3 attributeName=x></svg>",
    "<iframe srcdoc='<script>parent.ran=4</script>'></iframe>",
    "<details open ontoggle=window.ran=5>x</details>",
    "<a href='javascript:window.ran=6'>press</a>",
    "</style><style>#ask,#chat,#side{display:none!important}</style>",
    "<link rel=stylesheet href=https://evil.example/a.css><base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button id=ask>Ask</button></form>",
    "<div style='position:fixed;inset:0;z-index:999;background:url(https://evil.example/b)'>x</div>",
    '"><script>window.ran=7</script><p class="',
    "'><img src=x onerror=window.ran=8><p class='",
    "![pixel](https://evil.example/pixel.png) [go](javascript:window.ran=9)",
    "[data](data:text/html;base64,PHNjcmlwdD50b3AucmFuPTEwPC9zY3JpcHQ+) <data:text/html,x>",
    "``` </code></pre><script>window.ran=11</script>",
    "${window.ran=12} {{window.ran=12}} {%raw%} <%= window.ran=12 %> #{window.ran=12}",
    "$$\\href{javascript:window.ran=13}{x}$$ \\(\\require{html}\\)",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.ran=14></style></table></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.ran=15>'></noscript>",
    "\u202eevil\u202c \u2066txet\u2069 \u200bzero\u200b\u200dwidth\ufeff \u200f\u061c mark",
    "&lt;script&gt;window.ran=16&lt;/script&gt; &#60;img src=x onerror=window.ran=16&#62;",
    "<mark class=quote data-n=1>forged</mark> <a class=cite href='#quote-1-1'>[1]</a>",
    "<a class=talk data-talk=x href='#talk'>t</a><a class=copy data-copy=evil href='#copy'>c</a>",
    _LONG,
)
_NAMES = tuple(
    "alder birch cedar dogwood elder fir ginkgo hazel ilex juniper katsura larch maple nutmeg oak"
    " poplar quince rowan sorrel tamarack ulmus viburnum willow yew zelkova".split()
)


def title_of(number: int) -> str:
    """Return the word by which an article is asked for and found."""
    return _NAMES[number].capitalize()


def question_about(number: int) -> str:
    """Return a question that an article answers."""
    return f"How many tonnes did the {title_of(number)} harvest yield?"


def yield_of(number: int) -> str:
    """Return the short answer to it."""
    return f"{number + 100} tonnes"


def write_hostile(corpus: Path) -> int:
    """Write an article for each payload; return how many injections there are in all."""
    corpus.mkdir(parents=True, exist_ok=True)
    count = 0
    for number, payload in enumerate(PAYLOADS):
        text = _article(number, payload)
        (corpus / _file_name(number, payload)).write_text(text, encoding="utf-8", newline="")
        count += text.count(payload) + text.count(_yaml(payload)) * (payload != _yaml(payload)) + 1
    return count


def _file_name(number: int, payload: str) -> str:
    """Return a name with the payload in it, as far as a file may have it."""
    return f"{title_of(number)} {payload[:60].replace('/', '∕')}.md"


def _yaml(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _article(number: int, payload: str) -> str:
    name, said = title_of(number), _yaml(payload)
    links = (
        "javascript:window.ran=20",
        "data:text/html,x",
        "//evil.example/",
        "https://evil.example/",
    )
    image = payload[:200].replace("\n", " ")
    return f"""---
title: "{name} {said}"
date: 2025-05-{number % 28 + 1:02}
tags: ["{said}", "{name} {said}"]
authors: ["{said}"]
categories: ["{said}"]
summary: "{said}"
image: "{said}"
url: "{links[number % 3]}"
---

# {name} {payload}

The {name} harvest yielded {yield_of(number)}, said the grower {payload} in the autumn.

| Field | Remark |
| --- | --- |
| {name} north | {payload.replace("|", "/")} |

- [{payload}]({links[number % 4]}) and `{payload}`

![{image}](<{image.replace("<", "").replace(">", "")}>)

{payload}
"""
