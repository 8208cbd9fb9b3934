"""A real Slurm of one node, a real PostgreSQL, and MLflow's server before it, for the tests alone.

Every process is a child of the tests and ends with them. Slurm reads its configuration from one
place only; a file there that these tests have not written is never touched.
"""

import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "cluster.md"
MARK = "# Written by the tests of myopinn."
SLURM_CONF = Path("/etc/slurm/slurm.conf")
MUNGE_SOCKET = Path("/run/munge/munge.socket.2")
PROGRAMS = {
    "slurmctld": "slurm-wlm",
    "slurmd": "slurm-wlm",
    "sbatch": "slurm-wlm",
    "munged": "munge",
}
BROWSER = {"chromium": "chromium", "chromedriver": "chromium-driver"}
# More processors than the machine has, so that a job that only waits holds up no other.
CPUS = 4
NICENESS = 10
# Of each service to be there: seconds, unless the machine has other things to do.
START_S = 300


def postgres_programs():
    """Give the folder of the newest PostgreSQL's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def has_browser():
    """Say whether the programs of the page's tests are here."""
    return all(shutil.which(name) for name in BROWSER)


def missing(*, browser):
    """List what the tests need and this machine lacks, as the remedy."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    needed = PROGRAMS | (BROWSER if browser else {})
    packages = {p for name, p in needed.items() if shutil.which(name, path=path) is None}
    if postgres_programs() is None:
        packages.add("postgresql")
    found = [f"apt-get install {' '.join(sorted(packages))}"] if packages else []
    if os.geteuid() != 0:
        found.append("run as root (munge and Slurm start as other users)")
    if SLURM_CONF.exists() and MARK not in SLURM_CONF.read_text():
        found.append(f"{SLURM_CONF} is not of these tests: use another machine, not a real cluster")
    return found


def free_port():
    """Ask the system for a port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(condition, seconds, what):
    """Wait until a condition holds, and return what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    raise TimeoutError(f"{what} did not come about within {seconds} s")


@contextmanager
def running(command, log, **named):
    """Run a service as long as the block, its output in a file."""
    with Path(log).open("w") as output:
        process = subprocess.Popen(
            ["nice", "-n", str(NICENESS), *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **named,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def said(*command):
    """Return what a command says; its failure is a failure of the test."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Slurm:
    """A cluster of one node, this machine."""

    folder: Path
    node: str = field(default_factory=lambda: socket.gethostname().split(".")[0])

    def configuration(self):
        """Write a configuration without accounting that enforces memory and keeps job states."""
        with Path("/proc/meminfo").open() as file:
            memory_mb = int(file.readline().split()[1]) // 1024 * 9 // 10
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        return f"""{MARK}
ClusterName=onenode
SlurmctldHost={self.node}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
# Without cgroups, which a container lacks, memory is kept by looking.
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/filetxt
JobCompLoc={self.folder}/jobs.txt
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=5,bf_interval=5
MpiDefault=none
ReturnToService=2
KillWait=5
MinJobAge=3600
DefMemPerCPU=500
SlurmdParameters=config_overrides
NodeName={self.node} NodeAddr=127.0.0.1 CPUs={CPUS} RealMemory={memory_mb}
PartitionName=main Nodes={self.node} Default=YES MaxTime=INFINITE State=UP
"""

    @contextmanager
    def up(self):
        """Run munge and Slurm as long as the block."""
        SLURM_CONF.parent.mkdir(exist_ok=True)
        SLURM_CONF.write_text(self.configuration())
        logs = self.folder
        environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
        try:
            with (
                munge(logs / "munged.log"),
                running(["slurmctld", "-D"], logs / "slurmctld.log", env=environment),
                running(["slurmd", "-D"], logs / "slurmd.log", env=environment),
            ):
                wait_for(lambda: self.state() == "idle", START_S, "an idle node of Slurm")
                try:
                    yield self
                finally:
                    subprocess.run(["scancel", "--user", "root"], check=False)
        finally:
            SLURM_CONF.unlink(missing_ok=True)

    def state(self):
        """Say what the node does: idle, mixed, allocated, draining or drained."""
        done = subprocess.run(
            ["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def drain(self):
        """Let the node take no new job."""
        said("scontrol", "update", f"nodename={self.node}", "state=drain", "reason=test")

    def resume(self):
        """Let the node take jobs again."""
        said("scontrol", "update", f"nodename={self.node}", "state=resume")

    def jobs(self):
        """List every job that has ended, with its state and what it had asked for."""
        file = self.folder / "jobs.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [dict(p.split("=", 1) for p in line.split() if "=" in p) for line in lines]


@contextmanager
def munge(log):
    """Run munge, which vouches for users, unless it runs already."""
    if (
        MUNGE_SOCKET.exists()
        and not subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode
    ):
        yield
        return
    owner = pwd.getpwnam("munge")
    for folder in ("/run/munge", "/var/log/munge", "/var/lib/munge"):
        Path(folder).mkdir(exist_ok=True)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        Path(folder).chmod(0o755)
    with running(["/usr/sbin/munged", "--foreground"], log, user="munge", group="munge"):
        wait_for(MUNGE_SOCKET.exists, START_S, "munge")
        yield


@contextmanager
def postgres(folder):
    """Run PostgreSQL as long as the block; give the address of an empty database."""
    programs, port = postgres_programs(), free_port()
    data = folder / "postgres"
    data.mkdir()
    shutil.chown(data, "postgres", "postgres")
    as_postgres = {"user": "postgres", "group": "postgres", "cwd": data}
    subprocess.run(
        [str(programs / "initdb"), "--pgdata", str(data), "--auth", "trust", "--no-sync"],
        check=True,
        capture_output=True,
        **as_postgres,
    )
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data)]
    with running(command, folder / "postgres.log", **as_postgres):
        uri = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        wait_for(lambda: listens(port), START_S, "PostgreSQL")
        yield uri


def listens(port):
    """Say whether something answers at a port of this machine."""
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Server:
    """MLflow's server over a database, with a store of its own for the runs' files.

    It is started as docs/cluster.md says, by the name that users call it by.
    """

    database: str
    folder: Path
    name: str = "127.0.0.1"
    port: int = field(default_factory=free_port)

    @property
    def uri(self):
        """The address that MLFLOW_TRACKING_URI is set to."""
        return f"http://{self.name}:{self.port}"

    def upgrade(self):
        """Make the database's tables, as docs/cluster.md says, before the server starts."""
        mlflow = str(Path(sys.executable).with_name("mlflow"))
        subprocess.run([mlflow, "db", "upgrade", self.database], check=True, capture_output=True)

    def command(self):
        """Give the command of docs/cluster.md, with the places and names of this server."""
        found = re.search(r"^    (MLFLOW\S+ mlflow server(?:.*\\\n)*.*)$", DOCS.read_text(), re.M)
        here = {
            "$DATABASE": self.database,
            "/srv/mlflow": str(self.folder / "artifacts"),
            "--workers 4": "--workers 1",
            "0.0.0.0": "127.0.0.1",
            "server:5000": f"{self.name}:{self.port}",
            "--port 5000": f"--port {self.port}",
            " mlflow ": f" {Path(sys.executable).with_name('mlflow')} ",
            "\\\n": "",
        }
        command = found[1]
        for documented, own in here.items():
            assert documented in command, documented
            command = command.replace(documented, own)
        return ["env", *shlex.split(command)]

    @contextmanager
    def up(self):
        """Run the server as long as the block."""
        with running(self.command(), self.folder / "server.log"):
            wait_for(lambda: listens(self.port), START_S, "MLflow's server")
            yield self
