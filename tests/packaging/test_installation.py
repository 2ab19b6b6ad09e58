"""Installs the built tree into a temporary prefix, moves it, and uses it from there as a person would, with an empty home.

    test_installation.py BUILD_DIR CMAKE
"""
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BUILD, CMAKE = pathlib.Path(sys.argv[1]), sys.argv[2]
SHELLS = {"bash": "share/bash-completion/completions/headroom", "zsh": "share/zsh/vendor-completions/_headroom",
          "fish": "share/fish/vendor_completions.d/headroom.fish"}


class TestInstallation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.temporary.name)
        first = cls.root / "first"
        for component in ("app", "demo", "cuda"):
            if component == "cuda" and not (BUILD / "lib/headroom/libheadroom_cuda.so").exists():
                continue
            subprocess.run([CMAKE, "--install", BUILD, "--component", component, "--prefix", first], check=True, stdout=subprocess.DEVNULL)
        cls.prefix = cls.root / "a moved place"
        first.rename(cls.prefix)
        cls.home = cls.root / "home"
        cls.home.mkdir()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def headroom(self, *arguments):
        environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
        return subprocess.run([self.prefix / "bin/headroom", *arguments], text=True, capture_output=True, env=environment, cwd=self.root)

    def test_it_says_its_version(self):
        done = self.headroom("--version")
        self.assertEqual((done.returncode, done.stdout.split()[0]), (0, "headroom"), done.stderr)

    def test_it_plans_a_model_of_the_catalog(self):
        done = self.headroom("plan", "--model", "wan2.1-t2v-1.3b", "--device-memory", "24", "--budget", "8", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout)["feasible"])

    def test_it_makes_a_clip_with_the_demo_model(self):
        clip = self.root / "clip.mp4"
        done = self.headroom("generate", "--prompt", "a red circle moving right on a blue background", "--steps", "2", "--frames", "5",
                             "--device", "cpu", "--output", clip)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(clip.stat().st_size, 1000)

    def test_its_threads_wait_passively_unless_told_otherwise(self):
        for told, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
            with self.subTest(told):
                environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
                if told:
                    environment["OMP_WAIT_POLICY"] = told
                command = [self.prefix / "bin/headroom", "generate", "--prompt", "a red circle", "--output", self.root / f"{expected}.mp4"]
                with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                    self.addCleanup(process.kill)
                    mapped = pathlib.Path(f"/proc/{process.pid}/maps")
                    deadline = time.monotonic() + 60
                    while "libtorch_cpu" not in mapped.read_text() or self.setting(process.pid) is None:
                        self.assertLess(time.monotonic(), deadline, "the policy was never set")
                        time.sleep(0.01)
                    self.assertEqual(self.setting(process.pid), expected)
                    self.assertEqual(pathlib.Path(f"/proc/{process.pid}/comm").read_text().strip(), "headroom")
                    process.kill()

    @staticmethod
    def setting(process):
        variables = pathlib.Path(f"/proc/{process}/environ").read_bytes().decode().split("\0")
        return next((each.split("=", 1)[1] for each in variables if each.startswith("OMP_WAIT_POLICY=")), None)

    def test_it_loads_its_own_libtorch(self):
        environment = {**os.environ, "LD_LIBRARY_PATH": ""}
        linked = subprocess.run(["ldd", self.prefix / "bin/headroom"], text=True, capture_output=True, check=True, env=environment).stdout
        self.assertNotIn("not found", linked)
        for name in ("libtorch_cpu.so", "libc10.so", "libgomp.so.1", "libcudart.so.13", "libcupti.so.13"):
            line = next(line for line in linked.splitlines() if line.strip().startswith(name))
            place = pathlib.Path(line.split("=>")[1].rsplit("(", 1)[0].strip()).resolve()
            self.assertTrue(place.is_relative_to(self.prefix.resolve()), line)

    def test_no_file_knows_where_it_was_built(self):
        for path in [self.prefix / "bin/headroom", *(self.prefix / "lib/headroom").glob("*.so")]:
            dynamic = subprocess.run(["readelf", "-d", path], text=True, capture_output=True, check=True).stdout
            self.assertNotIn(str(BUILD.parent.parent), dynamic, path)

    def test_the_recipe_of_the_demo_model_stays_out(self):
        self.assertTrue((self.prefix / "share/headroom/demo_model/model_index.json").exists())
        self.assertFalse(any(self.prefix.rglob("*.py")))

    @unittest.skipUnless(shutil.which("update-mime-database") and shutil.which("gio"), "no shared-mime-info")
    def test_a_desktop_knows_the_settings_beside_a_clip(self):
        data = self.root / "data"
        for folder in ("packages", "."):
            (data / "mime" / folder).mkdir(parents=True, exist_ok=True)
        for package in (self.prefix / "share/mime/packages", pathlib.Path("/usr/share/mime/packages")):
            for description in package.glob("*.xml"):
                shutil.copy(description, data / "mime/packages")
        entry = (self.prefix / "share/applications/org.headroom.Headroom.desktop").read_text(encoding="utf-8")
        types = next(line for line in entry.splitlines() if line.startswith("MimeType=")).removeprefix("MimeType=").split(";")
        environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "XDG_DATA_HOME": str(data), "XDG_DATA_DIRS": str(data)}
        done = subprocess.run(["update-mime-database", data / "mime"], text=True, capture_output=True, env=environment)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        settings = json.dumps({"title": "a star", "comment": json.dumps({"headroom": 1, "seed": 7}), "fps": 16.0}, indent=1)
        files = {"clip.gif.json": "application/x-headroom-settings+json", "frame-info.json": "application/x-headroom-settings+json",
                 "renamed": "application/x-headroom-settings+json", "other.json": "application/json", "clip.mp4": "video/mp4"}
        for name, expected in files.items():
            with self.subTest(name):
                path = data / name
                path.write_text(settings)
                said = subprocess.run(["gio", "info", "-a", "standard::content-type", path], text=True, capture_output=True, env=environment)
                kind = said.stdout.split("standard::content-type:")[1].split()[0]
                self.assertEqual(kind, expected)
                self.assertEqual(kind in types, expected != "application/json")

    def test_the_man_page_knows_every_verb(self):
        page = gzip.decompress((self.prefix / "share/man/man1/headroom.1.gz").read_bytes()).decode()
        for verb in ("generate", "decode", "encode", "plan", "inspect"):
            self.assertIn(f"headroom {verb}", page)

    def test_every_shell_reads_its_completion(self):
        for shell, path in SHELLS.items():
            if shutil.which(shell):
                with self.subTest(shell):
                    done = subprocess.run([shell, "-n", self.prefix / path], text=True, capture_output=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_bash_completes_verbs_options_and_choices(self):
        for words, expected in ((["gen"], "generate"), (["generate", "--negative"], "--negative-prompt"), (["plan", "--dtype", "bf"], "bf16")):
            script = (f'source "$1"; COMP_WORDS=(headroom {" ".join(words)}); COMP_CWORD={len(words)}; _headroom; echo "${{COMPREPLY[*]}}"')
            done = subprocess.run(["bash", "-c", script, "bash", self.prefix / SHELLS["bash"]], text=True, capture_output=True)
            self.assertEqual(done.stdout.strip(), expected, done.stderr)

    def test_the_notices_name_what_is_linked(self):
        notices = (self.prefix / "share/doc/headroom/THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
        for name in ("libtorch_cpu.so", "libavcodec.so", "NVIDIA CUDA EULA", "nlohmann/json"):
            self.assertIn(name, notices)
        self.assertTrue((self.prefix / "share/doc/headroom/licenses/libtorch.txt").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
