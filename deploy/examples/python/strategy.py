#!/usr/bin/env python3
"""A routing strategy: the caller's number says which skill is wanted, and the
call goes to the agent who has it and is ready for the longest time.

    strategy.py --points 9 --default 2999 \\
        --wants 030=german --wants 0039=italian --skills ada=german,italian

Callers whose number begins with nothing that --wants names may talk to any
agent. When no agent is free, or all have failed, the call goes to --default;
without that callers wait until somebody is, in the order in which they came.
Start a second one, and they share the calls (`route-request-policy`); when one
dies, the other gets what it had.
"""

import argparse
import itertools
import queue
import threading

import stubs  # noqa: F401 (makes what is imported next)
import grpc
from strowger.v1 import common_pb2 as common
from strowger.v1 import event_service_pb2 as events
from strowger.v1 import event_service_pb2_grpc as events_rpc
from strowger.v1 import query_service_pb2 as query
from strowger.v1 import query_service_pb2_grpc as query_rpc
from strowger.v1 import routing_service_pb2 as routing
from strowger.v1 import routing_service_pb2_grpc as routing_rpc


def pairs(texts):
    """["030=german"] -> {"030": "german"}"""
    return dict(text.split("=", 1) for text in texts)


class Waiting:
    """A caller on a routing point."""

    def __init__(self, request):
        self.request = request
        self.tried = []  # destinations
        self.is_going = False  # there is an instruction under way


class Strategy:
    def __init__(self, channel, args):
        self.queries = query_rpc.QueryServiceStub(channel)
        self.service = routing_rpc.RoutingServiceStub(channel)
        self.stream = events_rpc.EventServiceStub(channel)
        self.args = args
        self.wants = pairs(args.wants)
        self.skills = {agent: set(skills.split(","))
                       for agent, skills in pairs(args.skills).items()}
        self.outgoing = queue.SimpleQueue()
        self.numbers = itertools.count(1)
        self.lock = threading.RLock()  # guards what follows
        self.open = {}  # call: Waiting; who came first stands first
        self.coming = {}  # DN: the call that is on its way there
        self.desks = set()  # where agents got calls

    # -- who gets the call -----------------------------------------------------

    def skill_for(self, caller):
        """The skill of the longest prefix that fits, or None."""
        fitting = [p for p in self.wants if caller.startswith(p)]
        return self.wants[max(fitting, key=len)] if fitting else None

    def ready_agents(self):
        """Who is ready longest stands first."""
        agents, token = [], ""
        while True:
            page = self.queries.ListAgents(query.ListAgentsRequest(
                page_size=1000, page_token=token))
            agents += page.agents
            token = page.next_page_token
            if not token:
                break
        ready = [a for a in agents if a.state == common.AGENT_STATE_READY]
        return sorted(ready, key=lambda a: (a.since.seconds, a.since.nanos))

    def is_free(self, dn):
        return dn not in self.coming and not self.queries.ListParties(
            query.ListPartiesRequest(page_size=1, dn=dn)).parties

    def free_agents(self):
        return [a for a in self.ready_agents() if self.is_free(a.dn)]

    def choose(self, waiting, agents):
        skill = self.skill_for(waiting.request.call.ani)
        for agent in agents:
            if agent.dn not in waiting.tried and (
                    not skill or skill in self.skills.get(agent.agent_id, ())):
                return agent.dn
        default = self.args.default
        return default if default not in waiting.tried else None

    # -- the conversation ------------------------------------------------------

    def say(self, **instructions):
        """To the switch, in one message."""
        self.outgoing.put(routing.ServeRequest(instructions=[
            routing.StrategyInstruction(**{kind: x})
            for kind, all_of_it in instructions.items() for x in all_of_it]))

    def route(self, *call_ids):
        """Sends those calls to agents who are free, all in one message."""
        found = [x for x in map(self.instruction, call_ids) if x]
        if found:
            self.say(route=found)

    def instruction(self, call_id, agents=None):
        """Where a call goes now, or None."""
        with self.lock:
            waiting = self.open.get(call_id)
            if not waiting or waiting.is_going:
                return None  # gone, or routed, while we thought
            caller = waiting.request.call.ani
            destination = self.choose(
                waiting, self.free_agents() if agents is None else agents)
            if not destination:
                if agents is None:
                    print(f"{call_id}: {caller or 'somebody'} waits",
                          flush=True)
                return None
            waiting.tried.append(destination)
            waiting.is_going = True
            self.coming[destination] = call_id
            self.desks.add(destination)
        print(f"{call_id}: {caller or 'somebody'} to {destination}", flush=True)
        instruction = routing.RouteInstruction(
            request_id=f"route-{next(self.numbers)}", call_id=call_id,
            routing_point=waiting.request.routing_point,
            destination=destination)
        pair = instruction.user_data.pairs.add(key="skill")
        pair.value.text = self.skill_for(caller) or "any"
        return instruction

    def keep_waiting(self, call_id, waiting):
        """Says in time that the caller waits on, as long as that is so."""
        with self.lock:
            if self.open.get(call_id) is not waiting:
                return
            if not waiting.is_going:
                print(f"{call_id}: waits on", flush=True)
                self.say(keep_waiting=[routing.KeepWaiting(
                    request_id=f"wait-{next(self.numbers)}", call_id=call_id,
                    routing_point=waiting.request.routing_point)])
        self.remember_to_keep(call_id, waiting)

    def remember_to_keep(self, call_id, waiting):
        pause = max(waiting.request.time_left_ms / 2000, 0.2)
        timer = threading.Timer(pause, self.keep_waiting, [call_id, waiting])
        timer.daemon = True
        timer.start()

    def route_waiting(self):
        """Somebody has become free."""
        with self.lock:
            for call_id in [x for x in self.open if not self.open[x].is_going]:
                agents = self.free_agents()
                if not agents:
                    break
                instruction = self.instruction(call_id, agents)
                if instruction:
                    self.say(route=[instruction])

    def arrived(self, call_id):
        """The instruction under way has led somewhere, or failed."""
        self.coming = {dn: x for dn, x in self.coming.items() if x != call_id}

    def take(self, message):
        if message.HasField("started"):
            print("serving", *self.args.points, flush=True)
        wanting = [x for x in map(self.hear, message.news) if x]
        if wanting:
            self.route(*wanting)

    def hear(self, news):
        """Returns the call that wants an instruction now, or None."""
        kind = news.WhichOneof("content")
        content = getattr(news, kind)
        if kind == "failed" and content.request_id.startswith("wait-"):
            return None  # it waits no more, as another message says
        call_id = (content.call if kind == "request" else content).call_id
        with self.lock:
            self.arrived(call_id)
            if kind == "request":
                self.open[call_id] = Waiting(content)
                if not self.args.default:
                    self.remember_to_keep(call_id, self.open[call_id])
            elif kind == "failed" and call_id in self.open:
                self.open[call_id].is_going = False
            else:  # used, withdrawn
                self.open.pop(call_id, None)
        if kind == "request" and self.args.think:
            print(f"{call_id}: thinking", flush=True)
            threading.Timer(self.args.think, self.route, [call_id]).start()
            return None
        if kind == "failed":
            print(f"{call_id}: {content.reason} {content.text}", flush=True)
        return call_id if kind in ("request", "failed") else None

    def frees(self, event):
        """Could an agent take a call who could not before?"""
        return event.type == events.EVENT_TYPE_AGENT_READY or (
            event.type in (events.EVENT_TYPE_RELEASED,
                           events.EVENT_TYPE_ABANDONED)
            and event.this_dn in self.desks)

    def watch(self):
        wanted = events.SubscribeRequest(filter=events.EventFilter(
            kinds=[events.EVENT_KIND_AGENT, events.EVENT_KIND_CALL]))
        try:
            for message in self.stream.Subscribe(wanted):
                if any(map(self.frees, message.events.events)):
                    self.route_waiting()
        except grpc.RpcError:
            pass  # the other stream ends, too, and says why

    def run(self):
        threading.Thread(target=self.watch, daemon=True).start()
        self.outgoing.put(routing.ServeRequest(start=routing.StartServing(
            routing_points=self.args.points)))
        for message in self.service.Serve(iter(self.outgoing.get, None)):
            self.take(message)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--at", default="127.0.0.1:50051", help="the switch")
    parser.add_argument("--points", nargs="+", required=True,
                        help="routing points to serve")
    parser.add_argument("--default", help="when all else fails")
    parser.add_argument("--wants", action="append", default=[],
                        metavar="PREFIX=SKILL")
    parser.add_argument("--skills", action="append", default=[],
                        metavar="AGENT=SKILL,…")
    parser.add_argument("--think", type=float, default=0, metavar="SECONDS",
                        help="before an answer, to try what happens then")
    args = parser.parse_args()
    with grpc.insecure_channel(args.at) as channel:
        try:
            Strategy(channel, args).run()
        except grpc.RpcError as error:
            parser.exit(1, f"{error.code().name}: {error.details()}\n")


if __name__ == "__main__":
    main()
