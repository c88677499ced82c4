#!/usr/bin/env python3
"""A routing strategy: the caller's number says which skill is wanted, and the
call goes to the agent who has it and is ready for the longest time.

    strategy.py --points 9 --default 2999 \\
        --wants 030=german --wants 0039=italian --skills ada=german,italian

Callers whose number begins with nothing that --wants names may talk to any
agent. When no agent is ready, or all have failed, the call goes to --default.
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
from strowger.v1 import query_service_pb2 as query
from strowger.v1 import query_service_pb2_grpc as query_rpc
from strowger.v1 import routing_service_pb2 as routing
from strowger.v1 import routing_service_pb2_grpc as routing_rpc


def pairs(texts):
    """["030=german"] -> {"030": "german"}"""
    return dict(text.split("=", 1) for text in texts)


class Strategy:
    def __init__(self, channel, args):
        self.queries = query_rpc.QueryServiceStub(channel)
        self.service = routing_rpc.RoutingServiceStub(channel)
        self.args = args
        self.wants = pairs(args.wants)
        self.skills = {agent: set(skills.split(","))
                       for agent, skills in pairs(args.skills).items()}
        self.outgoing = queue.SimpleQueue()
        self.numbers = itertools.count(1)
        self.open = {}  # call: [request, destinations tried]

    # -- who gets the call -----------------------------------------------------

    def skill_for(self, caller):
        """The skill of the longest prefix that fits, or None."""
        fitting = [p for p in self.wants if caller.startswith(p)]
        return self.wants[max(fitting, key=len)] if fitting else None

    def ready_agents(self, skill):
        """DNs of agents with that skill, who is ready longest first."""
        agents, token = [], ""
        while True:
            page = self.queries.ListAgents(query.ListAgentsRequest(
                page_size=1000, page_token=token))
            agents += page.agents
            token = page.next_page_token
            if not token:
                break
        fit = [a for a in agents if a.state == common.AGENT_STATE_READY
               and (not skill or skill in self.skills.get(a.agent_id, ()))]
        fit.sort(key=lambda a: (a.since.seconds, a.since.nanos))
        return [a.dn for a in fit]

    def choose(self, caller, tried):
        for dn in self.ready_agents(self.skill_for(caller)):
            if dn not in tried:
                return dn
        return self.args.default if self.args.default not in tried else None

    # -- the conversation ------------------------------------------------------

    def route(self, call_id):
        request, tried = self.open[call_id]
        caller = request.call.ani
        destination = self.choose(caller, tried)
        if not destination:
            print(f"{call_id}: nobody is left; it will be asked again")
            return
        tried.append(destination)
        print(f"{call_id}: {caller or 'somebody'} to {destination}", flush=True)
        instruction = routing.RouteInstruction(
            request_id=f"route-{next(self.numbers)}", call_id=call_id,
            routing_point=request.routing_point, destination=destination)
        pair = instruction.user_data.pairs.add(key="skill")
        pair.value.text = self.skill_for(caller) or "any"
        self.outgoing.put(routing.ServeRequest(route=instruction))

    def take(self, message):
        kind = message.WhichOneof("content")
        if kind == "started":
            print("serving", *self.args.points, flush=True)
        elif kind == "request":
            call_id = message.request.call.call_id
            self.open[call_id] = [message.request, []]
            if self.args.think:
                print(f"{call_id}: thinking", flush=True)
                threading.Timer(self.args.think, self.route, [call_id]).start()
            else:
                self.route(call_id)
        elif kind == "failed":
            failed = message.failed
            print(f"{failed.call_id}: {failed.reason} {failed.text}", flush=True)
            if failed.call_id in self.open:
                self.route(failed.call_id)
        else:  # used, withdrawn
            self.open.pop(getattr(message, kind).call_id, None)

    def run(self):
        self.outgoing.put(routing.ServeRequest(start=routing.StartServing(
            routing_points=self.args.points)))
        for message in self.service.Serve(iter(self.outgoing.get, None)):
            self.take(message)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--at", default="127.0.0.1:50051", help="the switch")
    parser.add_argument("--points", nargs="+", required=True,
                        help="routing points to serve")
    parser.add_argument("--default", required=True, help="when all else fails")
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
