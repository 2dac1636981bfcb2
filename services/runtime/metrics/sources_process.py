"""Sources of the process itself: memory, processor, files, version, readiness, disk, certificate."""

import gc
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from services.runtime.health import Health
from services.runtime.metrics import catalogue
from services.runtime.metrics.metric import Sample
from services.runtime.metrics.source import Source


def process_source() -> Source:
    """Memory, processor time, open files, collections and version of this process."""

    async def read() -> list[Sample]:
        import psutil  # noqa: PLC0415 - only a process that is scraped pays for it

        process = psutil.Process()
        with process.oneshot():
            times = process.cpu_times()
            samples = [
                Sample(catalogue.MEMORY, {}, float(process.memory_info().rss)),
                Sample(catalogue.CPU, {}, times.user + times.system),
                Sample(catalogue.STARTED, {}, process.create_time()),
                Sample(catalogue.FILES, {}, float(process.num_fds())),
            ]
        collections = [
            Sample(catalogue.COLLECTIONS, {"generation": str(number)}, float(told["collections"]))
            for number, told in enumerate(gc.get_stats())
        ]
        build = {"version": version("phoihop"), "python": platform.python_version()}
        return [*samples, *collections, Sample(catalogue.BUILD, build, 1.0)]

    return Source("process", read)


def ready_source(health: Health) -> Source:
    """What readiness says of each part."""

    async def read() -> list[Sample]:
        reasons = await health.reasons()
        parts = {**dict.fromkeys(("process", *health.checks), 1.0), **dict.fromkeys(reasons, 0.0)}
        return [Sample(catalogue.READY, {"part": part}, value) for part, value in parts.items()]

    return Source("ready", read)


def home_source(home: Path, expiry: Callable[[bytes], float]) -> Source:
    """The disk of this home, and when the authority's certificate expires where the home has one.

    `expiry` gives the moment, in seconds since 1970, at which a PEM certificate is over; it is asked once a change.
    """
    kept: dict[float, float] = {}

    async def read() -> list[Sample]:
        disk, authority = shutil.disk_usage(home), home / "tls" / "ca.pem"
        samples = [
            Sample(catalogue.DISK_FREE, {}, float(disk.free)),
            Sample(catalogue.DISK_SIZE, {}, float(disk.total)),
        ]
        if authority.exists():
            changed = authority.stat().st_mtime
            if changed not in kept:
                kept.clear()
                kept[changed] = expiry(authority.read_bytes())
            samples.append(Sample(catalogue.CA_EXPIRES, {}, kept[changed]))
        return samples

    return Source("home", read)


def certificate_expiry(pem: bytes) -> float:
    """When the certificate is over, in seconds since 1970; raises ValueError for what is none."""
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - only a process that is scraped needs it

    return load_pem_x509_certificate(pem).not_valid_after_utc.timestamp()
