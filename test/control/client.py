"""A client of the control plane, as a desktop would write one: it follows the
events in a thread, and asks."""

import collections
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading

import grpc

ROOT = pathlib.Path(__file__).resolve().parents[2]
# grpc-status-details-bin holds a google.rpc.ErrorInfo; its reason is the only
# thing in it that is spelled like this.
REASON = re.compile(rb"[A-Z][A-Z]+(?:_[A-Z]+)*")
REASON_KEY = "grpc-status-details-bin"


def generate(folder):
    """The client's side of the protocol, made by protoc into that folder."""
    protos = sorted(str(x.relative_to(ROOT / "proto"))
                    for x in (ROOT / "proto").rglob("*.proto"))
    # google.rpc would stand in the way of the python package google.
    subprocess.run(
        ["protoc", f"-I{ROOT / 'proto'}", f"--python_out={folder}",
         f"--grpc_python_out={folder}",
         f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}",
         *(x for x in protos if x.startswith("strowger/"))], check=True)
    use(folder)


def use(folder):
    """The stubs that are in that folder already."""
    sys.path.insert(0, str(folder))


def camel(name):
    return "".join(x.capitalize() for x in name.split("_"))


def word(message, field):
    """The value of an enum: `NoAnswer`."""
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    prefix = len(kind.values_by_number[0].name) - len("UNSPECIFIED")
    return camel(
        kind.values_by_number[getattr(message, field)].name[prefix:].lower())


class Client:
    """Needs generate() or use() before. Rows of events look like
    `2002 Released c1 Transferred`: c1 is the first call that there was, and a
    state of the call is named unless it is Ok. A row about an error ends with
    its reason, one about an agent with work mode and reason, if there are any.
    `CallCreated` and `CallDeleted` only give calls their names."""

    def __init__(self, address, token=""):
        from strowger.v1 import agent_service_pb2 as agents
        from strowger.v1 import agent_service_pb2_grpc as agents_grpc
        from strowger.v1 import call_service_pb2 as calls
        from strowger.v1 import call_service_pb2_grpc as calls_grpc
        from strowger.v1 import event_service_pb2 as events
        from strowger.v1 import event_service_pb2_grpc as events_grpc
        self.events_pb2 = events
        self.metadata = [("authorization", f"Bearer {token}")] if token else []
        self.channel = grpc.insecure_channel(address)
        self.services = [
            (calls, calls_grpc.CallServiceStub(self.channel)),
            (agents, agents_grpc.AgentServiceStub(self.channel))]
        self.names = {}  # call: c1, c2…
        self.living = set()  # calls that were created and not deleted
        self.rows = []
        self.events = []  # the event of each row
        self.lock = threading.Lock()
        self.asked = 0
        self.instructions = None  # of a strategy
        self.waiting = set()  # calls for which it was asked
        self.stream = events_grpc.EventServiceStub(self.channel).Subscribe(
            events.SubscribeRequest(), metadata=self.metadata)
        self.take(next(self.stream))  # whoever asks now misses nothing
        self.follower = threading.Thread(target=self.follow, daemon=True)
        self.follower.start()

    def close(self):
        self.stream.cancel()
        if self.instructions:
            self.instructions.put(None)
        self.follower.join(10)
        self.channel.close()

    # -- events ---------------------------------------------------------------

    def follow(self):
        try:
            for response in self.stream:
                self.take(response)
        except grpc.RpcError:
            pass  # the stream has ended

    def take(self, response):
        with self.lock:
            for event in response.events.events:
                self.fold(event)

    def fold(self, event):
        kind = self.events_pb2.EventType.Name(event.type)
        kind = camel(kind.removeprefix("EVENT_TYPE_").lower())
        if event.call_id:
            self.name(event.call_id)
        if kind == "CallCreated":
            self.living.add(event.call_id)
        elif kind == "CallDeleted":
            self.living.discard(event.call_id)
        else:
            self.rows.append(self.row(kind, event))
            self.events.append(event)

    def row(self, kind, event):
        words = [event.this_dn, kind]
        if event.call_id:
            words.append(self.name(event.call_id))
        state = word(event, "call_state")
        mode = word(event.details, "work_mode")
        if mode != "Unspecified":
            words.append(mode)
        if event.details.reason:
            words.append(event.details.reason)
        elif state not in ("Unspecified", "Ok"):
            words.append(state)
        return " ".join(words)

    def name(self, call_id):
        """c1, c2… in the order in which calls were first heard of."""
        return self.names.setdefault(call_id, f"c{len(self.names) + 1}")

    def call_id(self, name):
        return next(x for x, n in self.names.items() if n == name)

    def last(self, row):
        """The last event that made that row."""
        with self.lock:
            at = len(self.rows) - 1 - self.rows[::-1].index(row)
            return self.events[at]

    # -- routing --------------------------------------------------------------

    def serve(self, *points):
        """From now on it is a strategy, too, which only does what it is told
        by route()."""
        from strowger.v1 import routing_service_pb2 as routing
        from strowger.v1 import routing_service_pb2_grpc as routing_grpc
        self.routing = routing
        self.instructions = queue.SimpleQueue()
        self.instructions.put(routing.ServeRequest(
            start=routing.StartServing(routing_points=points)))
        self.routes = routing_grpc.RoutingServiceStub(self.channel).Serve(
            iter(self.instructions.get, None), metadata=self.metadata)
        self.news = collections.deque()
        assert next(self.routes).HasField("started")

    def route(self, point, call_id, destination):
        """Once its RouteRequest has come, the call is to go there; the
        destination may be `agent:ada`, or `reject`."""
        while call_id not in self.waiting:
            self.hear_strategy()
        route = self.routing.RouteInstruction(
            request_id=f"route {call_id}", call_id=call_id,
            routing_point=point, destination=destination)
        if destination.startswith("agent:"):
            route.destination = destination.removeprefix("agent:")
            route.route_type = self.routing.ROUTE_TYPE_AGENT_ID
        elif destination == "reject":
            route.destination = ""
            route.route_type = self.routing.ROUTE_TYPE_REJECT
        self.instructions.put(self.routing.ServeRequest(
            instructions=[self.routing.StrategyInstruction(route=route)]))

    def outcome(self):
        """What the strategy hears of an instruction or a request of its own:
        `used 2002`, `failed BUSY`, `withdrawn Abandoned`."""
        while True:
            kind, message = self.hear_strategy()
            if kind == "used":
                return f"used {message.destination}".rstrip()
            if kind == "failed":
                return f"failed {message.reason}"
            if kind == "withdrawn":
                return f"withdrawn {word(message, 'reason')}"

    def hear_strategy(self):
        while not self.news:
            self.news += next(self.routes).news
        answer = self.news.popleft()
        kind = answer.WhichOneof("content")
        message = getattr(answer, kind)
        if kind == "request":
            self.waiting.add(message.call.call_id)
        return kind, message

    # -- requests -------------------------------------------------------------

    def ask(self, method, **fields):
        """Makes a request; "" if it was accepted, else the reason."""
        self.asked += 1
        messages, service = next(x for x in self.services
                                 if hasattr(x[1], method))
        request = getattr(messages, method + "Request")(
            request_id=str(self.asked), **fields)
        try:
            answer = getattr(service, method)(request, timeout=10,
                                              metadata=self.metadata)
        except grpc.RpcError as error:
            return reason_of(error)
        if getattr(answer, "call_id", ""):
            with self.lock:
                self.name(answer.call_id)
        return ""


def reason_of(error):
    """The reason in the ErrorInfo of a refused request, else its code."""
    for key, value in error.trailing_metadata() or ():
        if key == REASON_KEY:
            _, _, info = value.partition(b"google.rpc.ErrorInfo")
            found = REASON.search(info)
            return found.group().decode() if found else error.code().name
    return error.code().name
