"""A subscriber that writes down all it gets, and what was written read again.

    subscriber.py ADDRESS FOLDER NUMBER

writes FOLDER/NUMBER: every message of the stream behind its length. It goes on
after the last event that the files before hold; whatever else is to be said
about it is its death's business.
"""
import pathlib
import struct
import sys

import ledger

LENGTH = struct.Struct("!I")


def messages(path):
    """What a subscriber wrote; the last message may be torn, and is not told."""
    data = path.read_bytes()
    at = 0
    while at + LENGTH.size <= len(data):
        size, = LENGTH.unpack_from(data, at)
        at += LENGTH.size
        if at + size > len(data):
            return
        yield ledger.api.SubscribeResponse.FromString(data[at:at + size])
        at += size


def position(paths):
    """The last place up to which these files, the newest first, hold all."""
    for path in paths:
        found = None
        for x in messages(path):
            if x.HasField("snapshot") and x.snapshot.last:
                found = x.snapshot.journal_id, x.snapshot.sequence
            elif x.HasField("events") and found:
                found = found[0], x.events.last_sequence
            elif x.HasField("events"):
                found = "", x.events.last_sequence
        if found:
            return found
    return None


def request(paths):
    """The SubscribeRequest of somebody who has written these files."""
    place = position(paths)
    if not place:
        return ledger.api.SubscribeRequest()
    # A file may hold events only; the journal was named in an earlier one.
    journal, sequence = place
    older = iter(paths)
    while not journal:
        journal = next((x.snapshot.journal_id for x in messages(next(older))
                        if x.HasField("snapshot")), "")
    return ledger.api.SubscribeRequest(resume_after=ledger.api.Position(
        journal_id=journal, sequence=sequence))


def files(folder, below=None):
    """The files of a folder, the newest first."""
    found = sorted(pathlib.Path(folder).iterdir(), reverse=True)
    return [x for x in found if below is None or x.name < below]


def subscribe(address, request_bytes, options=(), timeout_s=None):
    """The stream, as bytes."""
    import grpc
    channel = grpc.insecure_channel(
        address, [("grpc.max_receive_message_length", -1), *options])
    return channel, channel.unary_stream(
        "/strowger.v1.EventService/Subscribe")(request_bytes, timeout=timeout_s)


def main():
    address, folder, number = sys.argv[1:]
    before = files(folder, number)
    with open(pathlib.Path(folder, number), "wb") as out:
        _, stream = subscribe(address, request(before).SerializeToString())
        for x in stream:
            out.write(LENGTH.pack(len(x)) + x)
            out.flush()


if __name__ == "__main__":
    main()
