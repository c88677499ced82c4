"""Clients of the control plane that ask for everything, sensible or not.

Which requests there are, and of which fields, they take from the protocol, so
a new one is asked for as soon as it is there.
"""
import collections
import itertools
import json
import queue
import random
import threading
import time

import ledger
import grpc
from strowger.v1 import (agent_service_pb2, call_service_pb2,
                         query_service_pb2, routing_service_pb2,
                         routing_service_pb2_grpc, user_data_service_pb2)

MODULES = (call_service_pb2, agent_service_pb2, user_data_service_pb2,
           query_service_pb2)
# Those that end calls are rare, or there would be none to ask about.
RARE = {"ClearCall": 0.15, "ReleaseCall": 0.4, "LogoutAgent": 0.5,
        "SetDnd": 0.3, "SetForward": 0.3}
PLURALS = {"dns": "dn", "call_ids": "call_id", "routing_points": "queue"}
NOISE = ("", "0", "nowhere", "*", "41000 ", "gateway", "callers", "9", "8",
         "7", "12345", "ä" * 8, "x" * 64, "x" * 300, "41000\r\nX: y", "%00")
# A refused request says why by code; these are our fault, or the machine's.
NEVER = ("INTERNAL", "UNKNOWN", "UNAVAILABLE", "DATA_LOSS")


class World:
    """What the event stream says there is, folded as it comes."""

    def __init__(self, address):
        self.lock = threading.Lock()
        self.ledger = ledger.Ledger()
        self.events = []  # bytes of every one
        self.faults = []
        self.channel = grpc.insecure_channel(
            address, [("grpc.max_receive_message_length", -1)])
        self.stream = self.channel.unary_stream(
            "/strowger.v1.EventService/Subscribe")(b"")
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()
        if not self.ready.wait(20):
            raise SystemExit("there is no snapshot")

    def follow(self):
        try:
            for raw in self.stream:
                x = ledger.api.SubscribeResponse.FromString(raw)
                with self.lock:
                    self.take(x)
        except grpc.RpcError:
            pass  # it was ended

    def take(self, x):
        if x.HasField("resync"):
            self.faults.append(f"a resync: {x}")
            self.ledger = ledger.Ledger()
        elif x.HasField("snapshot"):
            self.journal_id = x.snapshot.journal_id
            self.ledger.take(x.snapshot)
            if x.snapshot.last:
                self.ready.set()
        for event in x.events.events:
            self.events.append(event.SerializeToString())
            self.ledger.fold(event)

    def story(self, call_id):
        """All events about a call, for whoever reads of a fault."""
        found = map(ledger.api.Event.FromString, self.events)
        return [f"{x.sequence} {ledger.NAMES[x.type]} {x.this_dn} {x.call_id}"
                f" {x.previous_call_id} {x.third_party_dn} {x.request_id}"
                for x in found if call_id in (x.call_id, x.previous_call_id)]

    def call_and_dn(self, dice):
        """A DN, a call of it, and another call of it if there is one."""
        with self.lock:
            calls = self.ledger.calls
            if not calls:
                return "", "", ""
            chosen = dice.choice(list(calls))
            parties = list(calls[chosen]["parties"])
            if not parties:
                return "", chosen, chosen
            dn = dice.choice(parties)
            others = [x for x, call in calls.items()
                      if x != chosen and dn in call["parties"]]
        return dn, chosen, dice.choice(others) if others else chosen

    def close(self):
        self.stream.cancel()
        self.thread.join(10)
        self.channel.close()


def methods():
    """(path, class of the request, class of the answer) of all that is
    unary."""
    found = []
    for module in MODULES:
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                found.append((f"/{service.full_name}/{method.name}",
                              getattr(module, method.input_type.name),
                              getattr(module, method.output_type.name)))
    return found


class Composer:
    """Makes requests up. `numbers` are those of phones."""

    def __init__(self, world, dice, numbers, agents, name):
        self.world, self.dice = world, dice
        self.numbers, self.agents, self.name = numbers, agents, name
        self.asked = itertools.count(1)
        self.last_id = ""

    def compose(self, kind):
        dn, call, other = self.world.call_and_dn(self.dice)
        known = {"dn": dn or self.dice.choice(self.numbers), "call_id": call,
                 "current_call_id": call, "held_call_id": other}
        if kind is agent_service_pb2.LoginAgentRequest:
            known["dn"] = self.dice.choice(self.numbers)
        message = kind()
        self.fill(message, known, 0)
        return message

    def fill(self, message, known, depth):
        fields = message.DESCRIPTOR.fields
        if len(message.DESCRIPTOR.oneofs) == 1 and depth \
                and self.dice.random() < 0.95:
            fields = [self.dice.choice(fields)]
        for field in fields:
            if field.label == field.LABEL_REPEATED:
                self.fill_list(message, field, known, depth)
            elif field.message_type:
                if depth < 9 and (depth or self.dice.random() < 0.6):
                    self.fill(getattr(message, field.name), known, depth + 1)
            elif field.containing_oneof and not depth \
                    and self.dice.random() < 0.6:
                pass  # one of the others, or unset
            else:
                setattr(message, field.name, self.value(field, known))

    def fill_list(self, message, field, known, depth):
        to = getattr(message, field.name)
        if depth > 8:
            return
        for _ in range(self.dice.choice((0, 0, 1, 1, 2, 3))):
            if field.message_type:
                self.fill(to.add(), known, depth + 1)
            else:
                to.append(self.value(field, known))

    def value(self, field, known):
        dice = self.dice
        if field.enum_type:
            values = [x.number for x in field.enum_type.values]
            return dice.choice(values * 4 + [99])
        if field.cpp_type == field.CPPTYPE_STRING:
            text = self.text(PLURALS.get(field.name, field.name), known)
            return text.encode() if field.type == field.TYPE_BYTES else text
        if field.cpp_type == field.CPPTYPE_BOOL:
            return dice.random() < 0.5
        if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
            return dice.choice((0, 1, 2, 1000, 3_600_000, 2**32 - 1))
        return dice.choice((0, 1, 2, 100, -1, -2, 2**31 - 1))

    def text(self, name, known):
        dice = self.dice
        if name == "request_id":
            return self.request_id()
        if dice.random() < 0.08:
            return dice.choice(NOISE)
        if name in known and dice.random() < 0.85:
            return known[name]
        if name.endswith("call_id"):
            return f"{dice.getrandbits(64):016x}"
        if name in ("dn", "number", "destination"):
            return dice.choice((dice.choice(self.numbers), dice.choice(
                (*self.numbers, "12345", "9", "8", "7"))))
        if name == "agent_id":
            return dice.choice(self.agents)
        if name in ("queue", "routing_point"):
            return dice.choice(("", "7", "8", "9"))
        if name in ("page_token", "password"):
            return dice.choice(("", "", "", "7"))
        if name == "key" and dice.random() < 0.95:
            return dice.choice(("order", "name", "list", "a" * 256))
        if name == "digits":
            return "".join(dice.choices("0123456789*#AD", k=dice.choice((1, 5))))
        return dice.choice(("", "a", "key", "x" * dice.choice((3, 300, 9000))))

    def request_id(self):
        how = self.dice.random()
        if how < 0.03:
            return self.last_id  # a retry, or a conflict
        if how < 0.05:
            return self.dice.choice(("", "x" * 65, "ä"))
        self.last_id = f"{self.name}-{next(self.asked)}"
        return self.last_id


class Requester:
    """Threads that ask, listen and route until they are stopped."""

    def __init__(self, address, world, seed, numbers, agents, per_second, log):
        self.address, self.world, self.seed = address, world, seed
        self.numbers, self.agents = numbers, agents
        self.pause = 4 / per_second
        self.outcomes = collections.Counter()
        self.faults = {}  # what: the first request that it happened to
        self.log = log
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = []

    def start(self):
        jobs = [self.ask_on] * 4 + [self.listen_on, self.route_on]
        self.over.clear()
        self.threads = [
            threading.Thread(target=job, args=(f"{self.seed}-{i}",))
            for i, job in enumerate(jobs)]
        for x in self.threads:
            x.start()

    def stop(self):
        self.over.set()
        for x in self.threads:
            x.join(60)
            if x.is_alive():
                self.fault("a thread did not end", x.name)
        self.seed += 1

    def fault(self, what, request):
        self.faults.setdefault(what, " ".join(str(request).split())[:300])

    def came(self, what, outcome, request=None, answer=""):
        with self.lock:
            self.outcomes[f"{what} {outcome}"] += 1
            if outcome in NEVER:
                self.fault(f"{what}: {outcome} {answer}", request)
            if request is not None and self.log:
                print(json.dumps([time.time(), what, outcome, str(request),
                                  str(answer)]), file=self.log)

    # -- requests ---------------------------------------------------------------

    def ask_on(self, name):
        dice = random.Random(name)
        composer = Composer(self.world, dice, self.numbers, self.agents, name)
        every = methods()
        weights = [RARE.get(path.rpartition("/")[2], 1)
                   * (1 if "Query" in path else 3) for path, _, _ in every]
        with grpc.insecure_channel(self.address) as channel:
            while not self.over.wait(dice.uniform(0, 2 * self.pause)):
                path, kind, answer = dice.choices(every, weights)[0]
                self.ask(channel, path, composer.compose(kind), answer, dice)

    def ask(self, channel, path, request, answer, dice):
        raw = request.SerializeToString()
        how = dice.random()
        torn, hasty = how < 0.02, 0.02 < how < 0.04
        if torn:  # what no client would send
            raw = bytes(x ^ (dice.random() < 0.05) * dice.randrange(256)
                        for x in raw)
        name = path.rpartition("/")[2]
        try:
            found = channel.unary_unary(path)(
                raw, timeout=0.0005 if hasty else 20)
            self.came(name, "OK", request, answer.FromString(found))
        except grpc.RpcError as error:
            self.judge(name, error.code().name, error.details(), request,
                       torn, hasty)

    def judge(self, name, outcome, why, request, torn, hasty):
        """A refusal must be one that the switch has words for."""
        if torn and not why:
            outcome = "UNREADABLE"  # gRPC's own word for it is UNIMPLEMENTED
        elif outcome == "UNIMPLEMENTED" and not why:
            self.fault(f"{name}: there is no such method", request)
        elif outcome == "DEADLINE_EXCEEDED" and not hasty:
            self.fault(f"{name}: no answer within 20 s", request)
        elif "metadata size" in (why or ""):
            self.fault(f"{name}: the refusal is too large to be read", request)
        self.came(name, outcome, request, why)

    # -- streams ----------------------------------------------------------------

    def listen_on(self, name):
        """Subscribers with odd filters, who come and go."""
        dice = random.Random(name)
        composer = Composer(self.world, dice, self.numbers, self.agents, name)
        while not self.over.wait(dice.uniform(0, 0.5)):
            request = composer.compose(ledger.api.SubscribeRequest)
            if dice.random() < 0.5:  # a place that there is, or was
                request.resume_after.journal_id = self.world.journal_id
                request.resume_after.sequence = max(
                    0, self.world.ledger.sequence - dice.randrange(6000))
            with grpc.insecure_channel(self.address) as channel:
                stream = channel.unary_stream(
                    "/strowger.v1.EventService/Subscribe")(
                        request.SerializeToString(), timeout=2)
                try:
                    for _ in range(dice.randrange(20)):
                        next(stream)
                    self.came("Subscribe", "OK")
                except StopIteration:
                    self.came("Subscribe", "ended")
                except grpc.RpcError as error:
                    self.came("Subscribe", error.code().name)
                stream.cancel()

    def route_on(self, name):
        """A strategy that routes somewhere, and ends again and again."""
        dice = random.Random(name)
        composer = Composer(self.world, dice, self.numbers, self.agents, name)
        while not self.over.is_set():
            self.serve(dice, composer, time.monotonic() + dice.uniform(1, 20))

    def serve(self, dice, composer, until):
        out = queue.SimpleQueue()
        points = dice.choice((["9"], ["9", "7"], ["9", "8"], ["nowhere"], []))
        out.put(routing_service_pb2.ServeRequest(
            start=routing_service_pb2.StartServing(routing_points=points)))
        with grpc.insecure_channel(self.address) as channel:
            stub = routing_service_pb2_grpc.RoutingServiceStub(channel)
            stream = stub.Serve(iter(out.get, None), timeout=25)
            timer = threading.Timer(
                max(0, until - time.monotonic()),
                stream.cancel if dice.random() < 0.5 else lambda: out.put(None))
            timer.start()
            try:
                for message in stream:
                    self.answer(dice, composer, message, out)
                    if self.over.is_set():
                        break
            except grpc.RpcError as error:
                self.came("Serve", error.code().name)
            timer.cancel()
            stream.cancel()
            out.put(None)

    def answer(self, dice, composer, message, out):
        """To all that a message asks for at once, or one by one; now and then
        with a message that may be anything."""
        if message.HasField("started"):
            self.came("Serve", "started")
        wanting = []
        for news in message.news:
            what = news.WhichOneof("content")
            self.came("Serve", what)
            if what in ("request", "failed"):
                wanting.append(getattr(news, what))
        found = [self.instruction(dice, composer, x) for x in wanting]
        if dice.random() < 0.02:
            out.put(composer.compose(routing_service_pb2.ServeRequest))
        step = len(found) if dice.random() < 0.8 else 1
        for i in range(0, len(found), max(step, 1)):
            out.put(routing_service_pb2.ServeRequest(
                instructions=found[i:i + step]))

    @staticmethod
    def instruction(dice, composer, body):
        if dice.random() < 0.05:
            return composer.compose(routing_service_pb2.StrategyInstruction)
        route = routing_service_pb2.RouteInstruction()
        composer.fill(route, {}, 0)
        route.routing_point = body.routing_point
        route.call_id = body.call.call_id if hasattr(body, "call") \
            else body.call_id
        return routing_service_pb2.StrategyInstruction(route=route)
