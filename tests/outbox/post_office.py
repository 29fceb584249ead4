"""A real mail server that does what it is told: takes messages, refuses them, or hangs up."""

import threading
import time
from collections import Counter
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from mappa_portal.embedded import free_port


class PostOffice:
    """``script``: what to say to the next messages, in order; when it is used up everything is taken.

    An answer is a line to RCPT ("rcpt 450 ..."), a line after DATA ("451 ..."), or "hang up" after DATA with
    the message "kept" or "lost".
    """

    def __init__(self, *script: str, delay: float = 0.0) -> None:
        self.script, self.delay = list(script), delay
        self.taken: list = []
        self.lock = threading.Lock()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.script and self.script[0].startswith("rcpt "):
            return self.script.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.script.pop(0) if self.script else "250 kept"
        time.sleep(self.delay)
        if answer.endswith("kept"):
            self.keep(envelope.content)
        if answer.startswith("hang up"):
            server.transport.abort()
        return answer

    def keep(self, content: bytes) -> None:
        with self.lock:
            self.taken.append(message_from_bytes(content, policy=default))

    @property
    def count(self) -> int:
        return len(self.taken)

    @property
    def ids(self) -> Counter:
        with self.lock:
            return Counter(message["Message-ID"] for message in self.taken)
