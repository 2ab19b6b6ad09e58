"""How long until the window is on the screen: from a warm cache, and from a cold one where this may be asked (root). On a virtual display
of its own (Xvfb), with an empty home. Prints milliseconds.

    startup.py PROGRAM [RUNS]
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

program, runs = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 7


def drop_caches() -> bool:
    """Evicts the program's own files from the page cache; the rest of the machine keeps its own."""
    files = [program, *program.parent.parent.glob("lib/headroom/**/*.so*"), *program.parent.parent.glob("share/headroom/**/*")]
    linked = subprocess.run(["ldd", program], text=True, capture_output=True).stdout
    files += [pathlib.Path(line.split("=>")[1].split("(")[0].strip()) for line in linked.splitlines() if "=>" in line and "/" in line]
    for path in files:
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
    return bool(files)


def time_to_window(display: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": os.environ["PATH"], "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        start = time.monotonic()
        process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while time.monotonic() - start < 60:
                tree = subprocess.run(["xwininfo", "-root", "-tree"], env=environment, text=True, capture_output=True).stdout
                if any('"Headroom"' in line and "1180x760" in line for line in tree.splitlines()):
                    return (time.monotonic() - start) * 1000
                time.sleep(0.01)
            sys.exit("no window came within a minute")
        finally:
            process.terminate()
            process.wait(20)


def main() -> None:
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", "1600x1000x24"], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    display = ":" + os.read(read, 16).decode().strip()
    try:
        time_to_window(display)
        warm = [time_to_window(display) for _ in range(runs)]
        cold = [time_to_window(display) for _ in range(max(1, runs // 2)) if drop_caches()]
    finally:
        server.terminate()
        server.wait(20)
    for name, values in (("warm", warm), ("cold", cold)):
        print(f"{name}: median {statistics.median(values):.0f} ms, least {min(values):.0f} ms, {len(values)} starts")


if __name__ == "__main__":
    main()
