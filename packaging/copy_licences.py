"""Copies the copyright files of the Debian packages that own some libraries, and refuses any that would bring the GPL into an archive.

    copy_licences.py TARGET_DIR LIBRARY…
"""
import pathlib
import shutil
import subprocess
import sys

# Under GPL-2+ or GPL-3 as a whole: nothing of these may lie in an archive together with NVIDIA's libraries.
GPL_PACKAGES = ("libx264", "libx265", "libxvidcore", "librubberband", "libvidstab", "libcdio", "libsamplerate", "libqt6charts")


def owner(path: pathlib.Path) -> str:
    """The package that owns a file; the merged /usr makes two names of one file."""
    names = {path, path.resolve()}
    names |= {pathlib.Path(str(name).removeprefix("/usr")) for name in names}
    for name in names:
        found = subprocess.run(["dpkg-query", "-S", str(name)], text=True, capture_output=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    sys.exit(f"No package owns {path}, so nobody knows its licence")


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for package in sorted({owner(pathlib.Path(name)) for name in sys.argv[2:]}):
        if package.startswith(GPL_PACKAGES):
            sys.exit(f"The bundle would carry {package}, which is under the GPL")
        shutil.copyfile(f"/usr/share/doc/{package}/copyright", target / package)


if __name__ == "__main__":
    main()
