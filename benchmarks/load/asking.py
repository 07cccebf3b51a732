"""Clients that ask one question after another over HTTP, each on a connection of its own."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.load.editing import Folder

_TIMEOUT_SECONDS = 120


@dataclass(slots=True)
class Tally:
    """What came of the questions."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    quotes: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)  # the latest answers with quotes


async def ask_until(
    address: str,
    questions: Sequence[str],
    folder: Folder,
    *,
    clients: int,
    seconds: float,
    seed: int,
    over: asyncio.Event | None = None,
) -> Tally:
    """Ask with so many clients for so many seconds, or until it is `over`."""
    tally, end = Tally(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(
        base_url=address, timeout=_TIMEOUT_SECONDS, limits=limits, trust_env=False
    ) as client:

        async def go_on(number: int) -> None:
            chosen = random.Random(seed * 1000 + number)
            while time.monotonic() < end and not (over and over.is_set()):
                await _ask(client, chosen.choice(questions), folder, tally)

        await asyncio.gather(*map(go_on, range(clients)))
    return tally


async def _ask(client: httpx.AsyncClient, question: str, folder: Folder, tally: Tally) -> None:
    asked = time.monotonic()
    try:
        reply = await client.post("/api/v1/ask", json={"question": question})
    except httpx.HTTPError as error:
        tally.troubles[type(error).__name__] += 1
        await asyncio.sleep(0.2)
        return
    answered = time.monotonic()
    if reply.status_code != 200:
        tally.troubles[f"HTTP {reply.status_code}"] += 1
        await asyncio.sleep(float(reply.headers.get("retry-after", 1)))
        return
    answer = reply.json()
    tally.seconds.append(answered - asked)
    tally.statuses[answer["status"]] += 1
    for quote in (*answer["quotes"], *answer["nearest"]):
        tally.quotes += 1
        if fault := folder.find_fault(quote, asked, answered):
            tally.faults[fault] += 1
    if answer["quotes"]:
        tally.kept = [*tally.kept[-49:], answer]
