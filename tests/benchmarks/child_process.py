"""Runs one side of a benchmark as a process of its own.

Linux counts into a process's peak what its parent held when it was started, so a small process between (this file, run as a program)
starts the command and tells its peak.
"""

import json
import os
import subprocess
import sys
import tempfile


def measure(command):
    """Runs a command with an empty home, so that nothing a run before it kept is found; returns its standard output and peak resident bytes."""
    with tempfile.TemporaryDirectory() as home:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")} | {"HOME": home}
        outcome = subprocess.run([sys.executable, __file__, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                                 text=True)
    if outcome.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{outcome.stderr}")
    output, told = outcome.stdout.rsplit("\n", 1)
    return output, json.loads(told)


def main():
    process = subprocess.Popen(sys.argv[1:])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    print("\n" + str(usage.ru_maxrss * 1024), end="")
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()
