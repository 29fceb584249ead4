"""A mail server for demonstrations: takes every message and keeps it as a file, delivers none."""

import asyncio
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

from mappa_portal.files import put_new


class Keep:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def handle_DATA(self, server, session, envelope):
        path = self.directory / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}.eml"
        put_new(path, envelope.content)
        return "250 Kept"


async def main(directory: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(directory)), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
