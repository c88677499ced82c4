"""What holds for the messages of every dialog, whatever the case: checked over
all that peers have noted."""

import re

from message import origin_of, param

# Of a peer's initial INVITE no answer comes before the 100, which it ignores.
FINAL = 200


def check(stage, unanswered=()):
    for peer in stage.peers:
        for call_id, notes in dialogs_of(stage, peer).items():
            try:
                check_origins(notes)
                check_order(notes)
                check_tags(notes)
                if call_id not in unanswered:
                    check_transactions(notes)
                check_subscriptions(notes)
            except AssertionError as error:
                told = "\n".join(
                    f"{way} {m.start} [{m.get('CSeq')}]" for way, m in notes)
                raise AssertionError(
                    f"dialog {call_id} of {peer.name}: {error}\n{told}"
                ) from None


def dialogs_of(stage, peer):
    """Call-ID: its messages at that peer, without repetitions."""
    result, seen = {}, set()
    for who, way, message in stage.notes:
        if who is not peer or message.raw in seen:
            continue
        seen.add(message.raw)
        result.setdefault(message.get("Call-ID"), []).append((way, message))
    return result


def check_origins(notes):
    """RFC 3264 §8: one session id; a version that rises by one with each
    change, and not otherwise. In our SDP towards that peer."""
    before = None
    for way, m in notes:
        if way != "<-" or not m.body.startswith(b"v=0"):
            continue
        session, version = origin_of(m.body)
        rest = re.sub(rb"o=[^\r]*\r\n", b"", m.body)
        if before:
            assert session == before[0], f"session id {before[0]}, {session}"
            wanted = before[1] + (rest != before[2])
            assert version == wanted, \
                f"version {before[1]}, {version}, not {wanted}: {m.start}"
        before = session, version, rest


def check_order(notes):
    """RFC 3261 §12.2.1.1: CSeq of new requests rises by one; ACK and CANCEL
    have that of their INVITE."""
    last, invites = None, set()
    for way, m in notes:
        if way != "<-" or not m.is_request:
            continue
        if m.method in ("ACK", "CANCEL"):
            assert m.cseq in invites, f"{m.method} of no INVITE: {m.cseq}"
            continue
        assert last is None or m.cseq == last + 1, f"CSeq {last}, {m.cseq}"
        last = m.cseq
        if m.method == "INVITE":
            invites.add(m.cseq)


def check_tags(notes):
    """A dialog keeps its tags."""
    ours, theirs = set(), set()
    for way, m in notes:
        if way != "<-" or m.method in ("REGISTER", "OPTIONS"):
            continue
        near, far = ("From", "To") if m.is_request else ("To", "From")
        if m.status == 401 or m.status == 407:
            continue
        ours.add(param(m.get(near), "tag"))
        theirs.add(param(m.get(far), "tag"))
    assert len(ours - {None}) <= 1, f"tags of the switch: {ours}"
    assert len(theirs - {None}) <= 1, f"tags of the peer: {theirs}"


def check_transactions(notes):
    """Each request has its final answer, both ways; each final answer to an
    INVITE its ACK."""
    for way, m in notes:
        if not m.is_request or m.method == "ACK":
            continue
        back = "->" if way == "<-" else "<-"
        finals = [x for w, x in notes if w == back and x.status >= FINAL
                  and x.get("CSeq") == m.get("CSeq")]
        assert finals, f"no answer to {m.method} {m.cseq}"
        if m.method == "INVITE":
            assert any(w == way and x.is_request and x.method == "ACK"
                       and x.cseq == m.cseq for w, x in notes), \
                f"no ACK for INVITE {m.cseq}"
        if m.method == "BYE":
            assert finals[0].status == 200, f"BYE got {finals[0].start}"


def check_subscriptions(notes):
    """RFC 3515 §2.4: what the NOTIFYs for a REFER carry, the last being the
    only one with a final status; with more than one REFER in a dialog they say
    which of them they are about."""
    refers = [m for way, m in notes if way == "->" and m.method == "REFER"
              and m.is_request and any(
                  x.status == 202 and x.get("CSeq") == m.get("CSeq")
                  for _, x in notes)]
    ended = set()
    for way, m in notes:
        if way != "<-" or not m.is_request or m.method != "NOTIFY" \
                or not m.get("Event").startswith("refer"):
            continue
        which = param(m.get("Event"), "id")
        if len(refers) > 1 and which is None:
            # Only the first one may go without.
            which = str(refers[0].cseq)
        assert which is None or which in [str(x.cseq) for x in refers], \
            f"NOTIFY of an unknown REFER: {m.get('Event')}"
        assert which not in ended, f"NOTIFY {m.cseq} after the last one"
        assert m.get("Content-Type").startswith("message/sipfrag"), str(m)
        status = int(m.text.split()[1])
        state = m.get("Subscription-State").partition(";")[0]
        assert (state == "terminated") == (status >= FINAL), str(m)
        if status >= FINAL:
            ended.add(which)
