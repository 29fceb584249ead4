"""A mail server that speaks as much IMAP4 as the poller asks for (RFC 3501): log in, find, fetch, mark."""

import re
import socketserver
import threading


class Mailbox:
    def __init__(self, messages: list[bytes]):
        self.messages, self.seen, self.hangs_up_at = messages, set(), ""
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline().decode():
                    tag, command = line.strip().split(" ", 1)
                    if box.hangs_up_at and command.upper().startswith(box.hangs_up_at):
                        return
                    answer = box.answer(command)
                    self.wfile.write(answer.replace(b"TAG", tag.encode(), 1))
                    if command.upper() == "LOGOUT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = (
            f"imap://replies%40mappa.example:secret@127.0.0.1:{self.server.server_address[1]}/Replies"
        )

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, command: str) -> bytes:
        name = command.upper()
        if name == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"
        if name.startswith("LOGIN"):
            known = command.endswith(' replies@mappa.example "secret"')
            return b"TAG OK done\r\n" if known else b"TAG NO [AUTHENTICATIONFAILED] no\r\n"
        if name.startswith("SELECT"):
            return b"* %d EXISTS\r\nTAG OK [READ-WRITE]\r\n" % len(self.messages)
        if name.startswith("UID SEARCH UNSEEN"):
            unseen = [str(n) for n in range(1, len(self.messages) + 1) if n not in self.seen]
            return f"* SEARCH {' '.join(unseen)}\r\nTAG OK done\r\n".encode()
        if found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.\d+>\)", name):
            raw = self.messages[int(found[1]) - 1]
            head = f"* {found[1]} FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            return head + raw + b")\r\nTAG OK done\r\n"
        if found := re.match(r"UID STORE (\d+) \+FLAGS \(\\SEEN\)", name):
            self.seen.add(int(found[1]))
            return b"TAG OK done\r\n"
        return b"* BYE\r\nTAG OK done\r\n" if name == "LOGOUT" else b"TAG BAD\r\n"
