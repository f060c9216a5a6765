"""Starts a spacey on fresh data, checks its OpenAPI document, asks all of its routes with Schemathesis, and stops it.

Usage: run.py SPACEY CASES [SECONDS]. CASES is about how many requests are made up at random; those that try the edge of
every rule, and chains of requests, come on top. After SECONDS no new ones are made, and what was found until then
counts. The exit code is 0 when nothing was found. SCHEMATHESIS_FLAGS may hold more flags, for example "--seed 1".
"""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import openapi_spec_validator

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 120  # seconds, for spacey to answer and for Schemathesis to end


def free_port():
    """A port that is free, and whose admin port (1000 above) is free too."""
    for _ in range(100):
        port = random.randint(20000, 30000)
        try:
            for number in (port, port + 1000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port
    sys.exit("no free port was found")


def start(spacey, folder, port):
    """Starts spacey with limits that a run does not reach, and with nothing of this machine's configuration."""
    (folder / "env").touch()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "PORT": str(port),
        "DATA_DIR": str(folder / "data"),
        "ENV_FILE_PATH": str(folder / "env"),
        # With less the links of mails would be missing.
        "LOG_LEVEL": "info",
        "TRUSTED_PROXIES": "127.0.0.1",
        "USER_RATE_LIMIT": "1000000",
        "API_RATE_LIMIT": "0",
    }
    with open(folder / "log", "wb") as log:
        return subprocess.Popen([spacey, "serve"], env=environment, stdout=log, stderr=log)


def document(address, process):
    """The OpenAPI document, as soon as spacey answers it."""
    for _ in range(PATIENCE * 5):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/openapi.json", timeout=10) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.2)
    sys.exit("spacey did not answer")


def faults(found):
    """What is wrong with the document by the rules of OpenAPI 3.1, one sentence each."""
    return [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}"
        for fault in openapi_spec_validator.OpenAPIV31SpecValidator(found).iter_errors()
    ]


def routes_with_input(found):
    """How many routes take parameters or a body: of the others, a few requests are all that there are."""
    operations = [operation for methods in found["paths"].values() for operation in methods.values()]
    return sum(bool(operation.get("parameters") or operation.get("requestBody")) for operation in operations)


def ask(address, examples, seconds, folder):
    """Runs Schemathesis and returns its exit code, for one that was ended early whether it had found something."""
    report = folder / "report"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"]
    command += ["run", f"{address}/openapi.json", "--max-examples", str(examples)]
    command += ["--report-json-path", str(report)]
    command += os.environ.get("SCHEMATHESIS_FLAGS", "").split()
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "SPACEY_URL": address, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
    environment["SPACEY_LOG"] = str(folder / "log")
    asking = subprocess.Popen(command, cwd=HERE, env=environment)
    try:
        return asking.wait(seconds)
    except subprocess.TimeoutExpired:
        asking.send_signal(signal.SIGINT)
        asking.wait(PATIENCE)
        found = json.loads(report.read_text())
        return int(bool(found["failures"] or found["errors"]))
    finally:
        if asking.poll() is None:
            asking.kill()


def print_log(file):
    """Prints the end of spacey's log, without what nobody is surprised at."""
    lines = [line for line in file.read_text(errors="replace").splitlines() if re.search("WARN|ERROR|panic", line)]
    print("what spacey warned of last:", *[line for line in lines if "card_generation_unavailable" not in line][-20:], sep="\n")


def main(spacey, cases, seconds=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="spacey-fuzz-"))
    port = free_port()
    process = start(os.path.abspath(spacey), folder, port)
    try:
        address = f"http://localhost:{port}"
        found = document(address, process)
        if wrong := faults(found):
            print("the document is not valid:", *wrong, sep="\n")
            return 1
        examples = max(1, int(cases) // routes_with_input(found))
        result = ask(address, examples, seconds and float(seconds), folder)
        if process.poll() is not None:
            print(f"spacey ended, with exit code {process.returncode}")
            result = result or 1
        if result:
            print_log(folder / "log")
        return result
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
