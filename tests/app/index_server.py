"""A small package index for tests, with the faults that a network has. Prints its address, then serves until its input ends.

    index_server.py WHEELS_DIR [--html] [--no-range] [--cut BYTES] [--cuts N] [--damage FILE] [--slow BYTES_PER_SECOND]
                              [--hold FILE]

--hold stops every file transfer in its middle until FILE exists.
--cut breaks each of the first N file transfers after a random number of bytes below BYTES.
"""
import argparse
import http.server
import json
import pathlib
import random
import re
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("wheels", type=pathlib.Path)
parser.add_argument("--html", action="store_true")
parser.add_argument("--no-range", action="store_true")
parser.add_argument("--cut", type=int, default=0)
parser.add_argument("--cuts", type=int, default=10**9)
parser.add_argument("--damage", default="")
parser.add_argument("--slow", type=int, default=0)
parser.add_argument("--hold", type=pathlib.Path)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
chance, requests, cuts = random.Random(options.seed), [], [options.cuts]


class Index(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        requests.append(self.path)
        if page := re.fullmatch(r"/simple/([a-z0-9-]+)/", self.path):
            self.send_page(page.group(1))
        elif self.path.startswith("/files/"):
            self.send_file(options.wheels / self.path.removeprefix("/files/"))
        elif self.path == "/requests":
            self.answer(200, json.dumps(requests).encode(), "application/json")
        else:
            self.answer(404, b"no such page", "text/plain")

    def send_page(self, project):
        names = [path.name for path in sorted(options.wheels.glob("*.whl")) if path.name.split("-")[0].replace("_", "-").lower() == project]
        if not names:
            self.answer(404, b"no such project", "text/plain")
        elif options.html:
            anchors = "".join(f'<a href="../../files/{name}#sha256=0">{name}</a><br/>\n' for name in names)
            self.answer(200, f"<!DOCTYPE html><html><body>{anchors}</body></html>".encode(), "text/html")
        else:
            files = [{"filename": name, "url": f"/files/{name}", "hashes": {}} for name in names]
            self.answer(200, json.dumps({"meta": {"api-version": "1.0"}, "files": files}).encode(), "application/vnd.pypi.simple.v1+json")

    def send_file(self, path):
        if not path.exists():
            self.answer(404, b"no such file", "text/plain")
            return
        body = path.read_bytes()
        if path.name == options.damage:
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 255]) + body[middle + 1 :]
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and not options.no_range:
            start = int(wanted.group(1))
            if start >= len(body):
                self.answer(416, b"", "text/plain")
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        rest = body[start:]
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if options.cut and cuts[0] > 0:
            cuts[0] -= 1
            rest = rest[: chance.randrange(1, options.cut)]
            self.close_connection = True
        if options.hold:
            middle = len(rest) // 2
            self.wfile.write(rest[:middle])
            while not options.hold.exists():
                time.sleep(0.05)
            rest = rest[middle:]
        step = max(1, options.slow // 20) if options.slow else len(rest) or 1
        try:
            for at in range(0, len(rest), step):
                self.wfile.write(rest[at : at + step])
                if options.slow:
                    time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_address[1]}/simple/", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
