#!/usr/bin/env python3
"""An agent's desktop: desktop.py DN [HOST:PORT]. Shows what happens at the DN;
the keys, each with Enter, are a answer, h hold, r retrieve, q release and
t NUMBER transfer."""

import sys
import threading
import uuid

import stubs  # noqa: F401 (makes what is imported next)
import grpc
from strowger.v1 import call_service_pb2 as calls
from strowger.v1 import call_service_pb2_grpc as calls_rpc
from strowger.v1 import event_service_pb2 as events
from strowger.v1 import event_service_pb2_grpc as events_rpc

dn = sys.argv[1]
channel = grpc.insecure_channel((sys.argv + ["127.0.0.1:50051"])[2])
service = calls_rpc.CallServiceStub(channel)
keys = {"a": "AnswerCall", "h": "HoldCall", "r": "RetrieveCall",
        "q": "ReleaseCall", "t": "SingleStepTransfer"}
call_id = ""


def press(key, number=""):
    verb = keys[key]
    request = getattr(calls, verb + "Request")(
        request_id=uuid.uuid4().hex, dn=dn, call_id=call_id,
        **({"destination": number} if number else {}))
    try:
        getattr(service, verb)(request)
    except grpc.RpcError as error:
        print(f"{verb}: {error.details()}", flush=True)


def read_keys():
    for line in sys.stdin:
        words = line.split()
        if words and words[0] in keys:
            press(*words[:2])


threading.Thread(target=read_keys, daemon=True).start()
wanted = events.SubscribeRequest(filter=events.EventFilter(dns=[dn]))
for message in events_rpc.EventServiceStub(channel).Subscribe(wanted):
    for event in message.events.events:
        call_id = event.call_id or call_id
        kind = events.EventType.Name(event.type).replace("EVENT_TYPE_", "")
        print(kind, event.other_dn, event.call_id, flush=True)
