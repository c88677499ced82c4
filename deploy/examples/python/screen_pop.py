#!/usr/bin/env python3
"""Opens the caller's page when a DN rings.

    screen_pop.py DN 'https://crm.example/?number={ani}&skill={skill}' [HOST:PORT]

In the address, {ani}, {dnis}, {call} and the keys of the call's user data are
filled in. Add --print to see the address instead of a browser.
"""

import collections
import sys
import urllib.parse
import webbrowser

import stubs  # noqa: F401 (makes what is imported next)
import grpc
from strowger.v1 import event_service_pb2 as events
from strowger.v1 import event_service_pb2_grpc as events_rpc


def address(template, event):
    words = {p.key: p.value.text or str(p.value.integer)
             for p in event.user_data.pairs}
    words.update(ani=event.ani, dnis=event.dnis, call=event.call_id)
    quoted = {k: urllib.parse.quote(v) for k, v in words.items()}
    return template.format_map(collections.defaultdict(str, quoted))


def main():
    words = [x for x in sys.argv[1:] if x != "--print"]
    dn, template, at = (words + ["127.0.0.1:50051"])[:3]
    wanted = events.SubscribeRequest(filter=events.EventFilter(
        dns=[dn], kinds=[events.EVENT_KIND_CALL]))
    with grpc.insecure_channel(at) as channel:
        stream = events_rpc.EventServiceStub(channel).Subscribe(wanted)
        for message in stream:
            if message.HasField("snapshot"):
                print("watching", dn, flush=True)
            for event in message.events.events:
                if event.type != events.EVENT_TYPE_RINGING:
                    continue
                if "--print" in sys.argv:
                    print(address(template, event), flush=True)
                else:
                    webbrowser.open(address(template, event))


if __name__ == "__main__":
    main()
