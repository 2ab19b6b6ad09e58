"""`headroom runtime` against an index on this machine that fails as networks do, with small wheels in place of the real ones.

    test_runtime.py PROGRAM
"""
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

PROGRAM = pathlib.Path(sys.argv[1])
SERVER = pathlib.Path(__file__).parent / "index_server.py"
LARGE = 400_000


def make_wheel(folder, project, files, seed):
    """A wheel with these files, and one more that the runtime does not need."""
    path = folder / f"{project.replace('-', '_')}-1.0-py3-none-any.whl"
    chance = random.Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("not/needed.so", chance.randbytes(5000))
        for name, size in files.items():
            wheel.writestr(name, chance.randbytes(size))
    return {"project": project, "file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size_bytes": path.stat().st_size,
            "files": files}


class TestRuntime(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.dir = pathlib.Path(temporary.name)
        self.wheels = self.dir / "wheels"
        self.wheels.mkdir()
        self.manifest = {"title": "Test runtime", "minimum_driver": "1.0", "wheels": [
            make_wheel(self.wheels, "torch", {"torch/lib/libtorch_cuda.so": LARGE, "torch/lib/small.so": 10}, 1),
            make_wheel(self.wheels, "nvidia-cublas", {"nvidia/cu13/lib/libcublas.so.13": LARGE}, 2),
            make_wheel(self.wheels, "nvidia-nccl-cu13", {"nvidia/nccl/lib/libnccl.so.2": 1000}, 3)]}
        # An installation of its own, so that it has a manifest of its own.
        (self.dir / "app/bin").mkdir(parents=True)
        (self.dir / "app/share/headroom").mkdir(parents=True)
        self.program = self.dir / "app/bin/headroom"
        try:
            os.link(PROGRAM, self.program)
        except OSError:
            shutil.copy2(PROGRAM, self.program)
        self.write_manifest()
        self.root = self.dir / "data/headroom/gpu-runtime"

    def write_manifest(self):
        (self.dir / "app/share/headroom/gpu_runtime.json").write_text(json.dumps(self.manifest))

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), "XDG_DATA_HOME": str(self.dir / "data"),
                "XDG_CONFIG_HOME": str(self.dir / "config"), "LC_ALL": "C.UTF-8", **more}

    def serve(self, *arguments):
        server = subprocess.Popen([sys.executable, SERVER, self.wheels, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (server.stdin.close(), server.wait(10), server.stdout.close()))
        return server.stdout.readline().strip()

    def run_verb(self, *arguments, **options):
        environment = options.pop("env", self.environment())
        return subprocess.run([self.program, "runtime", *arguments], text=True, capture_output=True, env=environment, timeout=120, **options)

    def status(self):
        return json.loads(self.run_verb("status", "--json").stdout)

    def trees(self):
        return sorted(path.name for path in self.root.iterdir() if len(path.name) == 16) if self.root.exists() else []

    def assert_whole(self):
        """Every needed file is there, byte for byte, and nothing else but the marks and the lock."""
        self.assertEqual(len(self.trees()), 1)
        tree = self.root / self.trees()[0]
        expected = {}
        for wheel in self.manifest["wheels"]:
            with zipfile.ZipFile(self.wheels / wheel["file"]) as archive:
                expected.update({name: archive.read(name) for name in wheel["files"]})
        found = {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file() and ".unpacked" not in path.parts}
        self.assertEqual(found.keys(), expected.keys())
        self.assertTrue(all(found[name] == expected[name] for name in expected))
        self.assertEqual(sorted(path.name for path in self.root.iterdir() if path.name != "lock"), self.trees())
        self.assertTrue(self.status()["installed"])

    def assert_refused(self, done, status, *words):
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(self.trees(), [])
        self.assertFalse(self.status()["installed"])

    def test_it_installs_shows_and_removes(self):
        before = self.status()
        self.assertFalse(before["installed"])
        self.assertEqual(before["download_bytes"], sum(wheel["size_bytes"] for wheel in self.manifest["wheels"]))
        done = self.run_verb("install", "--index-url", self.serve())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_whole()
        self.assertEqual(self.run_verb("remove").returncode, 0)
        self.assertFalse(self.root.exists())

    def test_it_reads_html_pages_and_pip_s_settings(self):
        index = self.serve("--html")
        config = self.dir / "config/pip/pip.conf"
        config.parent.mkdir(parents=True)
        config.write_text(f"[global]\ntimeout = 5\nindex-url = {index}\n")
        self.assertEqual(self.run_verb("install").returncode, 0)
        self.assert_whole()
        self.run_verb("remove")
        config.write_text("[global]\nindex-url = http://127.0.0.1:9/simple/\n")
        self.assertEqual(self.run_verb("install", env=self.environment(PIP_INDEX_URL=index)).returncode, 0)
        self.assert_whole()

    def test_it_installs_from_a_folder_and_leaves_that_alone(self):
        before = {path.name: path.read_bytes() for path in self.wheels.iterdir()}
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        self.assert_whole()
        self.assertEqual({path.name: path.read_bytes() for path in self.wheels.iterdir()}, before)

    def test_a_chosen_folder_is_remembered(self):
        chosen = self.dir / "big disk"
        chosen.mkdir()
        (chosen / "mine.txt").write_text("mine")
        self.assertEqual(self.run_verb("install", "--from", self.wheels, "--folder", chosen).returncode, 0)
        self.root = chosen / "headroom-gpu-runtime"
        self.assert_whole()
        self.assertEqual(self.run_verb("remove").returncode, 0)
        self.assertEqual([path.name for path in chosen.iterdir()], ["mine.txt"])

    def test_broken_connections_are_gone_on_with(self):
        for options in (["--cut", "200000", "--cuts", "7"], ["--cut", "300000", "--cuts", "3", "--no-range"]):
            with self.subTest(options):
                done = self.run_verb("install", "--index-url", self.serve(*options), "--quiet")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assert_whole()
                self.run_verb("remove")

    def test_it_survives_being_killed_at_any_moment(self):
        index = self.serve("--slow", "600000")
        chance = random.Random(7)
        for _ in range(8):
            process = subprocess.Popen([self.program, "runtime", "install", "--index-url", index, "--quiet"], env=self.environment())
            time.sleep(chance.uniform(0.05, 0.9))
            process.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
            process.wait(30)
            state = self.status()
            self.assertTrue(state["installed"] or self.trees() == [])
        done = self.run_verb("install", "--index-url", index, "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_whole()

    def test_a_second_start_fetches_only_the_rest(self):
        index = self.serve("--slow", "400000")
        process = subprocess.Popen([self.program, "runtime", "install", "--index-url", index, "--quiet"], env=self.environment())
        deadline = time.monotonic() + 30
        part = self.root / "downloads" / (self.manifest["wheels"][0]["file"] + ".part")
        while (not part.exists() or part.stat().st_size < 100_000) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 130)
        kept = part.stat().st_size
        self.assertGreaterEqual(kept, 100_000)
        self.assertEqual(self.status()["download_bytes"], sum(wheel["size_bytes"] for wheel in self.manifest["wheels"]) - kept)
        self.assertEqual(self.run_verb("install", "--index-url", index).returncode, 0)
        self.assert_whole()

    def test_a_wrong_checksum_is_never_unpacked(self):
        damaged = self.manifest["wheels"][1]["file"]
        done = self.run_verb("install", "--index-url", self.serve("--damage", damaged))
        self.assert_refused(done, 3, damaged, "SHA-256")
        self.assertEqual(list(self.root.rglob("libcublas*")), [])
        (self.wheels / damaged).write_bytes((self.wheels / damaged).read_bytes()[:-5] + b"wrong")
        self.assert_refused(self.run_verb("install", "--from", self.wheels), 3, damaged, "SHA-256")

    def test_what_is_missing_is_named(self):
        gone = self.manifest["wheels"][2]["file"]
        (self.wheels / gone).unlink()
        self.assert_refused(self.run_verb("install", "--from", self.wheels), 3, gone, "not in the folder")
        no_index = self.run_verb("install")
        self.assertIn(no_index.returncode, (2, 3))

    def test_a_dead_server_is_given_up_with_a_sentence(self):
        done = self.run_verb("install", "--index-url", "ftp://127.0.0.1/simple/", "--quiet", env=self.environment(HEADROOM_TEST="1"))
        self.assertEqual((done.returncode, done.stderr.count("\n")), (3, 1), done.stderr)

    def test_two_starts_at_once_do_not_meet(self):
        go_on = self.dir / "go on"
        index = self.serve("--hold", go_on)
        first = subprocess.Popen([self.program, "runtime", "install", "--index-url", index, "--quiet"], env=self.environment())
        deadline = time.monotonic() + 30
        while not (self.root / "downloads").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        second = self.run_verb("install", "--index-url", index)
        self.assertEqual((second.returncode, "another Headroom" in second.stderr), (3, True), second.stderr)
        self.assertEqual(self.run_verb("remove").returncode, 3)
        go_on.touch()
        self.assertEqual(first.wait(60), 0)
        self.assert_whole()

    def test_a_full_disk_is_a_sentence_and_nothing_is_half_there(self):
        limit = lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000)))
        self.assert_refused(self.run_verb("install", "--from", self.wheels, preexec_fn=limit), 3, "can't be written")
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        self.assert_whole()

    def test_a_small_disk_is_refused_before_anything_is_fetched(self):
        disk = self.dir / "data"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", disk], capture_output=True).returncode != 0:
            self.skipTest("a file system of its own needs root")
        self.addCleanup(lambda: subprocess.run(["umount", disk], check=True))
        index = self.serve()
        self.assert_refused(self.run_verb("install", "--index-url", index), 3, "are free")
        self.run_verb("remove")
        # Enough by the numbers, but something else fills it meanwhile.
        subprocess.run(["mount", "-o", "remount,size=2m", disk], check=True)
        slow = self.serve("--slow", "300000")
        process = subprocess.Popen([self.program, "runtime", "install", "--index-url", slow], env=self.environment(), stderr=subprocess.PIPE, text=True)
        while not (self.root / "downloads").exists():
            time.sleep(0.02)
        with open(disk / "filler", "wb") as filler:
            try:
                for _ in range(2000):
                    filler.write(b"x" * 1000)
                    filler.flush()
            except OSError:
                pass
        errors = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn("the disk is full", errors)
        self.assertEqual(self.trees(), [])
        try:
            (disk / "filler").unlink()
        except OSError:
            pass
        self.assertEqual(self.run_verb("install", "--index-url", index).returncode, 0)
        self.assert_whole()

    def test_a_new_version_replaces_the_old_only_when_it_is_whole(self):
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        old = self.trees()
        (self.root / "notes.txt").write_text("somebody's own")
        self.manifest["wheels"][2] = make_wheel(self.wheels, "nvidia-nccl-cu13", {"nvidia/nccl/lib/libnccl.so.2": 2000}, 9)
        self.write_manifest()
        good = (self.wheels / self.manifest["wheels"][2]["file"]).read_bytes()
        (self.wheels / self.manifest["wheels"][2]["file"]).write_bytes(good[:-3])
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 3)
        self.assertEqual(self.trees(), old)
        (self.wheels / self.manifest["wheels"][2]["file"]).write_bytes(good)
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        self.assertNotEqual(self.trees(), old)
        (self.root / "notes.txt").unlink()
        self.assert_whole()

    def test_a_damaged_runtime_is_noticed_and_mended(self):
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        victim = self.root / self.trees()[0] / "torch/lib/libtorch_cuda.so"
        victim.write_bytes(b"short")
        self.assertTrue(self.status()["damaged"])
        self.assertEqual(self.run_verb("install", "--from", self.wheels).returncode, 0)
        self.assert_whole()

    def test_a_manifest_that_leads_out_is_refused(self):
        self.manifest["wheels"][0]["files"]["../../escaped.so"] = 10
        self.write_manifest()
        done = self.run_verb("install", "--from", self.wheels)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("escaped.so", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
