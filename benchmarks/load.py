"""Fifty clients at once against `scorer serve` on this machine: answers, waiting times, and whether memory stays flat.

    python benchmarks/load.py [--clients 50] [--seconds 60] [--requests 20000] [--workers 2] [--output FILE]

The server is started on loopback with the fast preset and stopped at the end. Each client has an address of its own
(127.0.1.x, as Linux gives them all to loopback), so that limits for one client hold for each; it compares two short
documents, one request after another, and does what `Retry-After` says, up to a second. Now and then it asks for
something that cannot be done, sends too much, or goes away before the answer comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
START = (
    "from scorer import serve; from scorer.plan import Settings;"
    "serve.run(port=0, workers={workers}, queue={queue}, max_bytes=1 << 20, settings=Settings(preset='fast'))"
)
DOCUMENTED = {"200", "413", "422", "429", "503", "(left)"}
# Seconds before the first look at memory: workers load their tables with their first jobs.
SETTLING = 0.25


@dataclass
class Tally:
    """What came back."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    n_sent: int = 0


def bodies() -> dict[str, bytes]:
    """Return what clients send, by what they expect of it."""
    read = {path.name: path.read_text(encoding="utf-8") for path in (SEEDS / "news").glob("*.txt")}
    good = {"a": read["source.de.txt"], "b": read["wrong.en.txt"], "languages": "de-en"}
    return {
        "200": json.dumps(good).encode(),
        "422": json.dumps(good | {"b": " "}).encode(),
        "413": json.dumps(good | {"b": read["wrong.en.txt"] * 1000}).encode(),
    }


async def ask(port: int, address: str, body: bytes, *, leave: bool) -> tuple[str, float, bytes]:
    """Return the status of one request, its Retry-After (0 for none), and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        head = (
            f"POST /v1/compare HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        if leave:
            return "(left)", 0.0, b""
        answer = await asyncio.wait_for(reader.read(), 60)
    finally:
        writer.close()
    top, _, content = answer.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d+)", top)
    later = re.search(rb"retry-after: (\d+)", top, re.IGNORECASE)
    return (status[1].decode() if status else "(none)"), float(later[1]) if later else 0.0, content


async def client(number: int, port: int, until: float, tally: Tally, most: int, seed: int) -> None:
    """Ask until the time or the requests are used up."""
    chance = random.Random(seed + number)
    address = f"127.0.1.{number + 1}"
    texts = bodies()
    verdict = None
    while time.monotonic() < until and tally.n_sent < most:
        tally.n_sent += 1
        kind = chance.choices(["200", "422", "413", "(left)"], [90, 5, 2, 3])[0]
        begun = time.monotonic()
        try:
            status, later, content = await ask(port, address, texts.get(kind, texts["200"]), leave=kind == "(left)")
        except (OSError, TimeoutError) as error:
            tally.statuses[type(error).__name__] += 1
            continue
        tally.statuses[status] += 1
        if status == "200":
            tally.seconds.append(time.monotonic() - begun)
            said = json.loads(content)["verdict"]
            verdict = verdict or said
            if said != verdict:
                tally.wrong.append(said)
        await asyncio.sleep(min(later, 1.0) * chance.uniform(0.5, 1))


def memory(port: int) -> tuple[int, int]:
    """Return the bytes that the server and its workers take up, as its own metrics tell."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/metrics", timeout=30) as page:
        text = page.read().decode()
    found = [re.search(rf"^{name} (\S+)$", text, re.MULTILINE) for name in
             ("process_resident_memory_bytes", "scorer_workers_resident_memory_bytes")]  # fmt: skip
    return tuple(int(float(each[1])) if each else 0 for each in found)  # type: ignore[return-value]


def started(workers: int, queue: int) -> tuple[subprocess.Popen[bytes], int]:
    """Return a server that is ready, and its port."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", START.format(workers=workers, queue=queue)]
    log = (ROOT / "build").resolve()
    log.mkdir(exist_ok=True)
    with (log / "load.log").open("wb") as file:
        process = subprocess.Popen(command, stderr=file, env=environment)
    import urllib.error
    import urllib.request

    port = 0
    for _ in range(1200):
        time.sleep(0.1)
        if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)/", (log / "load.log").read_text()):
            port = int(found[1])
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/health") as page:
                    if json.load(page)["workers"] == workers:
                        return process, port
            except urllib.error.URLError:
                continue
    process.kill()
    raise SystemExit("the server did not start; build/load.log says why")


async def run(port: int, options: argparse.Namespace) -> tuple[Tally, list[tuple[float, int, int]]]:
    """Return what came back, and the memory over time."""
    begun = time.monotonic()
    tally = Tally()
    until = begun + options.seconds
    clients = [
        asyncio.create_task(client(i, port, until, tally, options.requests, options.seed))
        for i in range(options.clients)
    ]
    sizes = []
    await asyncio.sleep(options.seconds * SETTLING)
    while not all(task.done() for task in clients):
        sizes.append((time.monotonic() - begun, *await asyncio.to_thread(memory, port)))
        await asyncio.wait(clients, timeout=options.seconds / 10)
    await asyncio.gather(*clients)
    return tally, sizes


def table(tally: Tally, sizes: list[tuple[float, int, int]], seconds: float, options: argparse.Namespace) -> str:
    """Return the result as Markdown."""
    from importlib.metadata import version

    ordered = sorted(tally.seconds)
    shares = [("median", 0.5), ("95%", 0.95), ("99%", 0.99)]
    times = ", ".join(f"{name} {ordered[int(share * (len(ordered) - 1))]:.2f} s" for name, share in shares)
    versions = ", ".join(f"{name} {version(name)}" for name in ("starlette", "uvicorn"))
    rows = "\n".join(
        f"| {at:.0f} s | {server / 2**20:.0f} MiB | {workers / 2**20:.0f} MiB |" for at, server, workers in sizes
    )
    half = len(sizes) // 2
    early, late = (statistics.mean(w for _, _, w in part) / 2**20 for part in (sizes[:half], sizes[half:]))
    statuses = "\n".join(f"| {status} | {n:,} |" for status, n in sorted(tally.statuses.items()))
    undocumented = sum(n for status, n in tally.statuses.items() if status not in DOCUMENTED)
    return f"""# Load on `scorer serve`

{options.clients} clients at once for {seconds:.0f} s, {options.workers} workers, a queue of {options.queue}, preset
`fast`, two news texts of 14 sentences each; every answer is the whole report as JSON. Made with

```sh
{options.command}
```

on {platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end (clients included),
Python {platform.python_version()}, {versions}. Times include waiting in the queue, and the clients' own work.

| answer | requests |
| --- | --- |
{statuses}

- {len(ordered):,} reports, {len(ordered) / seconds:.1f} a second; {times}.
- Answers other than the documented ones: {undocumented}. Reports that were not the client's own: {len(tally.wrong)}.
- 422 and 413 were asked for; `(left)` are clients that went away before the answer.

Memory, from the server's own `/v1/metrics`; of the workers together, {early:.0f} MiB in the first half and
{late:.0f} MiB in the second:

| after | server | workers |
| --- | --- | --- |
{rows}
"""


def main() -> None:
    """Run it and print or write the table."""
    parser = argparse.ArgumentParser(description="Fifty clients at once against a server on this machine.")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, default=20_000, help="no more than these, however fast the server is")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--queue", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    options.command = " ".join(["python", "benchmarks/load.py", *sys.argv[1:]])
    process, port = started(options.workers, options.queue)
    try:
        begun = time.monotonic()
        tally, sizes = asyncio.run(run(port, options))
        result = table(tally, sizes, time.monotonic() - begun, options)
    finally:
        process.terminate()
        code = process.wait(60)
    print(result)
    if options.output:
        options.output.write_text(result, encoding="utf-8")
    if code or tally.wrong or any(status not in DOCUMENTED for status in tally.statuses):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
