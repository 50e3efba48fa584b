"""What a whole node costs an office PC: memory, idle CPU, disk and its growth. `python -m bench.footprint`.

Starts a node of its own in an empty folder, lets it settle, measures it idle, gives it minutes to import, measures what
the disk grew by a compte-rendu, and stops it. Memory is given as PSS too: RSS counts shared pages once a process.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from launcher.api_access import open_client
from launcher.api_client import Content

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--idle", type=int, default=60, help="seconds to watch the idle node (default 60)")
    options.add_argument("--imports", type=int, default=50, help="comptes-rendus to import (default 50)")
    options.add_argument("--port", type=int, default=18700, help="GTM_HTTP_PORT of the node (default 18700)")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gtm-footprint-") as folder:
        home = Path(folder) / "home"
        env = {
            **os.environ,
            "GTM_HOME": str(home),
            "GTM_HTTP_PORT": str(asked.port),
            "GTM_ADMIN_PASSWORD": "mesure " * 3,
        }
        began = time.monotonic()
        subprocess.run(["./gtm", "up", "--detach"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        print(f"start to ready        {time.monotonic() - began:8.1f} s")
        try:
            measure(home, env, asked.idle, asked.imports)
        finally:
            subprocess.run(["./gtm", "down"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def measure(home: Path, env: dict[str, str], idle: int, imports: int) -> None:
    """Idle first, then under import."""
    time.sleep(10)
    processes = owned(home)
    before = {pid: cpu_seconds(pid) for pid in processes}
    time.sleep(idle)
    print(f"\n{'process':28}{'RSS MiB':>10}{'PSS MiB':>10}{'idle CPU %':>12}")
    total_rss = total_pss = total_cpu = 0.0
    for pid, name in sorted(processes.items(), key=lambda item: item[1]):
        rss, pss = memory(pid)
        cpu = 100 * (cpu_seconds(pid) - before[pid]) / idle
        total_rss, total_pss, total_cpu = total_rss + rss, total_pss + pss, total_cpu + cpu
        print(f"{name[:27]:28}{rss:10.1f}{pss:10.1f}{cpu:12.2f}")
    print(f"{'whole node':28}{total_rss:10.1f}{total_pss:10.1f}{total_cpu:12.2f}  (100 % is one core)")
    grow(home, env, imports)


def grow(home: Path, env: dict[str, str], imports: int) -> None:
    """Import generated minutes and say what each left on the disk."""
    client = open_client(env)
    start = sizes(home)
    began = time.monotonic()
    for number in range(imports):
        client.send("/minutes/import", Content(data=generated(number).encode(), media_type="text/plain; charset=utf-8"))
    seconds = time.monotonic() - began
    time.sleep(15)
    after = sizes(home)
    print(f"\n{imports} comptes-rendus imported, {seconds / imports:.2f} s each")
    for part in sorted(after):
        grown = after[part] - start.get(part, 0)
        print(f"disk {part:15}{after[part] / MIB:10.1f} MiB   {grown / imports / 1024:+10.1f} KiB a compte-rendu")


def generated(number: int) -> str:
    """A compte-rendu in the official layout, about 4 kB."""
    day, month, year = (
        number % 27 + 1,
        ["janvier", "février", "mars", "avril", "mai", "juin"][number // 27 % 6],
        2015 + number // 162,
    )
    prose = "Les participants ont échangé sur la situation et sur les suites à donner. " * 20
    return (
        "Compte-rendu de la réunion du Groupe Technique sur la Migration\n\n"
        f"Date\t{day} {month} {year}\nHeure\t9h00 - 11h30\nLieu\tNiamey\nPrésence\n- INS ;\n- OIM ;\n- UNHCR ;\n\n"
        "Points inscrits à l'ordre du jour\n1- Ouverture ;\n2- Échanges ;\n\n"
        f"1. Ouverture\nPoints de discussion clés\n{prose}\n\n2. Échanges\nPoints de discussion clés\n{prose}\n"
        "Points d'action\tPersonnes/agences responsables\tDate limite\n"
        f"Suivre le dossier n° {number}\tOIM\tN/A\n\nLe Secrétaire Permanent\nMOUSSA EXEMPLE\n"
    )


def owned(home: Path) -> dict[int, str]:
    """The processes that carry this home in their environment or arguments, and their supervisor: {pid: name}."""
    found, parents = {}, set()
    everything = {int(entry.name): entry for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    for pid, entry in everything.items():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            mine = str(home).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            if mine and words[0] and pid != os.getpid():
                found[pid] = name_of(words)
                parents.add(int((entry / "stat").read_text().rpartition(")")[2].split()[1]))
        except OSError:
            continue
    for pid in parents - {1, os.getpid(), *found}:
        if pid in everything:
            found[pid] = "supervisord"
    return found


def name_of(words: list[str]) -> str:
    """What a process is, from its command line."""
    for word in words:
        for known in (
            "actors",
            "meetings",
            "indicators",
            "notifications",
            "gunicorn",
            "supervisord",
            "secantusd",
            "mongod",
        ):
            if word == known or Path(word).name.startswith(known):
                return known
    return Path(words[0]).name


def cpu_seconds(pid: int) -> float:
    """User and system time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> tuple[float, float]:
    """(RSS, PSS) in MiB."""
    sizes = dict.fromkeys(("Rss", "Pss"), 0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in sizes:
            sizes[name] = int(rest.split()[0])
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024


def sizes(home: Path) -> dict[str, int]:
    """Bytes on disk (allocated) by top folder of the home."""
    found: dict[str, int] = {}
    for path in home.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                part = path.relative_to(home).parts[0]
                found[part] = found.get(part, 0) + path.stat().st_blocks * 512
        except OSError:
            continue
    return found


if __name__ == "__main__":
    print(json.dumps({"cores": os.cpu_count()}))
    main()
