"""A device that answers calls and does with RTP what it is told to."""

import socket
import threading

from answerer import Answerer


class RtpPeer(Answerer):
    """`mode`: "echo" sends every packet back to where it came from, "deaf"
    sends nothing, "silence" sends every packet back with nothing in it.
    `drop`: of each source, every so-manyth packet is not sent back."""

    def __init__(self, port, rtp_port, mode="echo", drop=0):
        super().__init__(port)
        self.rtp_port, self.mode, self.drop = rtp_port, mode, drop
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.rtp.bind(("127.0.0.1", rtp_port))
        self.rtp.settimeout(0.2)
        self.came = {}  # source: packets
        self.missing = {}  # source: packets not sent back, later ones were
        self.ears = threading.Thread(target=self.hear)

    def __enter__(self):
        self.ears.start()
        return super().__enter__()

    def __exit__(self, *rest):
        super().__exit__(*rest)
        self.ears.join()
        self.rtp.close()

    def forget(self):
        super().forget()
        self.came, self.missing = {}, {}

    def hear(self):
        held = {}
        while not self.over:
            try:
                packet, source = self.rtp.recvfrom(2048)
            except TimeoutError:
                continue
            count = self.came[source] = self.came.get(source, 0) + 1
            if self.mode == "deaf":
                continue
            if self.drop and count % self.drop == 0:
                held[source] = held.get(source, 0) + 1
                continue
            self.missing[source] = (self.missing.get(source, 0)
                                    + held.pop(source, 0))
            if self.mode == "silence":
                packet = packet[:12] + b"\xd5" * (len(packet) - 12)
            self.rtp.sendto(packet, source)

    def reply(self, text, line):
        head, body = Answerer.reply(text, line).split("\r\n\r\n", 1)
        media = (f"m=audio {self.rtp_port} RTP/AVP 8 101\r\n"
                 "a=rtpmap:101 telephone-event/8000\r\n")
        body = body.replace("m=audio 9 RTP/AVP 0\r\n", media)
        head = head[:head.rindex(" ") + 1] + str(len(body))
        return head + "\r\n\r\n" + body
