"""Whoever calls the API from outside, for the tour: signs in, asks, sends bytes, and keeps count of the steps."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.accounts.policy import Role
from app.core.ids import new_id
from app.demo.sign_ins import Credentials, SignIn

Say = Callable[[str], None]
Answer = dict[str, Any]


class TourFailed(Exception):
    """A step did not do what it should; the text says which and what was answered."""


@dataclass
class Visitor:
    """Someone who calls the API from outside, signed in or not."""

    address: str
    token: str = ""
    receipt: str = ""  # of a report made without an account

    def get(self, path: str) -> Any:
        return self._json("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self._json("POST", path, json.dumps(body or {}).encode(), "application/json")

    def patch(self, path: str, body: Any) -> Any:
        return self._json("PATCH", path, json.dumps(body).encode(), "application/json")

    def put(self, path: str, content: bytes) -> Any:
        return self._json("PUT", path, content, "image/jpeg")

    def send(self, path: str, content: bytes) -> Any:
        """Send a file's bytes."""
        return self._json("POST", path, content, "application/octet-stream")

    def wait_for(self, path: str) -> Any:
        """Ask after long work until it has come to its end. Raises TourFailed after two minutes."""
        for _ in range(600):
            found = self.get(path)
            if found["state"] in ("done", "failed", "cancelled"):
                return found
            time.sleep(0.2)
        raise TourFailed(f"{path} 两分钟内没有完成：{found}")

    def printed(self, kind: str, **asked: Any) -> bytes:
        """Order a print, wait until it is made, and fetch its file. Raises TourFailed when it came to nothing."""
        order = self.post("/print-orders", {"id": str(new_id()), "kind": kind, **asked})
        made = self.wait_for(f"/print-orders/{order['id']}")
        if made["state"] != "done":
            raise TourFailed(f"{made['kind_label']}没有打成：{made['refusal']}")
        return self.file(f"/print-orders/{order['id']}/file")

    def file(self, path: str, body: Any = None) -> bytes:
        content = json.dumps(body).encode() if body is not None else None
        return self._call("POST" if content else "GET", self._url(path), content, "application/json")

    def page(self, url: str) -> str:
        return self._call("GET", url, None, "").decode()

    def _url(self, path: str) -> str:
        return f"{self.address}/api/v1{path}"

    def _json(self, method: str, path: str, content: bytes | None = None, media_type: str = "") -> Any:
        return json.loads(self._call(method, self._url(path), content, media_type))

    def _call(self, method: str, url: str, content: bytes | None, media_type: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.receipt:
            headers["X-Receipt"] = self.receipt
        if media_type:
            headers["Content-Type"] = media_type
        request = urllib.request.Request(url, content, headers, method=method)  # noqa: S310 - the address is ours
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
                found: bytes = answer.read()
                return found
        except urllib.error.HTTPError as error:
            raise TourFailed(f"{method} {url} → {error.code} {error.read().decode(errors='replace')[:600]}") from None


@dataclass
class Tour:
    """One walk through the main job."""

    address: str
    credentials: Credentials
    folder: Path
    say: Say
    steps: int = field(default=0)

    def step(self, text: str) -> None:
        self.steps += 1
        self.say(f"{self.steps:2}. {text}")

    def sign_in(self, role: Role, *, code: str = "") -> tuple[SignIn, Visitor]:
        """The first demo account of a role, in one enterprise where a code is given, signed in."""
        for account in self.credentials.sign_ins:
            if account.role is role and code in ("", account.code):
                body = {"code": account.code, "name": account.login, "password": self.credentials.password}
                token = Visitor(self.address).post("/auth/login", body)["access_token"]
                return account, Visitor(self.address, token)
        raise TourFailed(f"演示账号里没有{role.label}。")

    def leave(self, name: str, content: bytes) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(content)
        return path
