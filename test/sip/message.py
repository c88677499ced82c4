"""SIP messages as bytes that a test can look at (RFC 3261 §7)."""

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact",
           "l": "content-length", "c": "content-type", "k": "supported",
           "x": "session-expires", "e": "content-encoding", "s": "subject"}

PHRASES = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK",
           202: "Accepted", 302: "Moved Temporarily", 401: "Unauthorized",
           404: "Not Found", 407: "Proxy Authentication Required",
           422: "Session Interval Too Small", 480: "Temporarily Unavailable",
           481: "Call Does Not Exist", 486: "Busy Here",
           487: "Request Terminated", 488: "Not Acceptable Here",
           491: "Request Pending", 500: "Server Internal Error",
           503: "Service Unavailable", 603: "Decline"}


def long_name(name):
    """Lower case, compact forms (RFC 3261 §7.3.3) spelled out."""
    name = name.strip().lower()
    return COMPACT.get(name, name)


class Message:
    """Start line, header lines in their order, body."""

    def __init__(self, start, headers=(), body=b""):
        self.start = start
        self.headers = list(headers)
        self.body = body.encode() if isinstance(body, str) else body
        self.raw = b""
        self.source = None  # where it came from: what Peer answers to

    @classmethod
    def parse(cls, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        headers = []
        for line in lines[1:]:
            if line[:1] in (" ", "\t") and headers:
                name, value = headers[-1]
                headers[-1] = name, value + " " + line.strip()
            else:
                name, _, value = line.partition(":")
                headers.append((name.strip(), value.strip()))
        result = cls(lines[0], headers, body)
        result.raw = raw
        return result

    def encode(self):
        lines = [self.start]
        lines += [f"{name}: {value}" for name, value in self.headers
                  if long_name(name) != "content-length"]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body

    # -- headers ---------------------------------------------------------------

    def all(self, name):
        return [v for n, v in self.headers if long_name(n) == long_name(name)]

    def get(self, name, default=""):
        found = self.all(name)
        return found[0] if found else default

    def has_word(self, name, word):
        """Is the word in that comma-separated header (Supported, Allow)?"""
        return word in [w.strip() for v in self.all(name) for w in v.split(",")]

    # -- what everybody asks for -------------------------------------------------

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0 ")

    @property
    def method(self):
        """Of a request its own, of a response that of its CSeq."""
        return (self.start.split(" ")[0] if self.is_request
                else self.get("CSeq").split()[-1])

    @property
    def uri(self):
        return self.start.split(" ")[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.start.split(" ")[1])

    @property
    def cseq(self):
        return int(self.get("CSeq").split()[0])

    @property
    def branch(self):
        return param(self.get("Via"), "branch")

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def __str__(self):
        return (self.raw or self.encode()).decode("utf-8", "replace")


def param(value, name):
    """A parameter of a header value; None if it is not there."""
    for part in value.split(">")[-1].split(";"):
        key, _, text = part.partition("=")
        if key.strip().lower() == name:
            return text.strip().strip('"')
    return None


def uri_of(value):
    """The URI of a From, To or Contact value."""
    if "<" in value:
        return value[value.index("<") + 1:value.index(">")]
    return value.split(";")[0].strip()


def user_of(value):
    uri = uri_of(value)
    return uri.partition(":")[2].rpartition("@")[0]


# -- SDP -------------------------------------------------------------------------

def sdp(port=40000, host="127.0.0.1", user="phone", session=1, version=1,
        direction=None, connection=None, extra=""):
    """A plain offer or answer (RFC 4566)."""
    lines = ["v=0", f"o={user} {session} {version} IN IP4 {host}", "s=-",
             f"c=IN IP4 {connection or host}", "t=0 0",
             f"m=audio {port} RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000",
             "a=rtpmap:101 telephone-event/8000"]
    if direction:
        lines.append(f"a={direction}")
    return "\r\n".join(lines) + "\r\n" + extra


def origin_of(body):
    """(session id, version) of the o= line."""
    text = body if isinstance(body, str) else body.decode()
    line = next(x for x in text.split("\r\n") if x.startswith("o="))
    fields = line[2:].split()
    return int(fields[1]), int(fields[2])


def without_origin(body):
    """The body less its o= line: what must arrive byte for byte."""
    data = body if isinstance(body, bytes) else body.encode()
    return b"\n".join(x for x in data.split(b"\n") if not x.startswith(b"o="))
