"""Articles beside the sample corpus, each a trap, and questions about them."""

SILENCE = "Your articles don't say"
TRAM = "What will the tram in Harrow Bay cost?"
LIGHTHOUSE = "How tall is the Vennbury lighthouse?"
UNKNOWN = "What is the capital of Peru?"
AI_ACT = "When does the EU AI Act apply?"
RUN = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
BROKEN = "traps/broken.md"  # not UTF-8, so it is skipped
BROKEN_BYTES = b"---\ntitle: A broken one\n---\n\nCaf\xe9 \xff\xfe.\n"
_COPIED = (
    "The Kestrelford library opened its doors with 9,400 volumes on the shelves. Its reading room"
    " seats sixty, and the lamps were a gift of the town's glass makers."
)
TRAPS = {
    "traps/hostile.md": f"""---
title: "Zorblax {RUN}"
date: 2025-03-01
tags: ["{RUN}", "zorblax"]
url: "javascript:window.ran=3"
---

The zorblax harvest was 412 tonnes. {RUN} It is <b onclick="window.ran=4">sold</b> in May.
See [the ledger](javascript:window.ran=5) and `{RUN}` for
${{window.ran=6}} and {{{{window.ran=7}}}}.
""",
    "traps/table.md": """---
title: Ferries of the Quillon Strait
date: 2025-03-02
---

| Ferry | Length | Passengers | Built |
| --- | ---: | ---: | --- |
| *Quillon Star* | 88 metres | 640 passengers | 1998 |
| Marigold | 71 metres | | 2004 |
""",
    "traps/edited.md": """---
title: The Vennbury Lighthouse
---

The Vennbury lighthouse is 41 metres tall.
""",
    "traps/shifted.md": """---
title: The Osmere Viaduct
---

It is old.

The Osmere viaduct stands on 23 arches of brick.
""",
    "traps/copy-one.md": f"""---
title: Kestrelford Opens a Library
date: 2025-04-02
---

{_COPIED}
""",
    "traps/copy-two.md": f"""---
title: Digest <b>No. 9</b>
date: 2025-04-05
---

{_COPIED}
""",
    "traps/draft.md": """---
title: The Ottermouth Ledger
draft: true
---

The Ottermouth ledger lists 318 debts.
""",
}
