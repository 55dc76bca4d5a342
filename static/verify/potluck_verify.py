#!/usr/bin/env python3
"""Recomputes draws of Potluck from what is published about them. One file; needs nothing but Python 3.9.

    python3 potluck_verify.py WHERE [WHERE ...]

WHERE is the address of a draw's data (…/v1/draws/cycles/… or …/v1/draws/rounds/…), or a file that holds it. Further
parts are fetched by themselves: an address is followed, a name is looked for beside the file. It prints one line for
each thing that does not follow from what was committed to, then a summary. It exits with 0 if everything does, 1 if
something does not, 2 if it could not be read.

How a number is drawn
    Before a cycle begins, SHA-256 of its secret (the commitment) is published; the secret is told when it has ended.
    The number below n for a message is read from HMAC-SHA256(secret, message + "|" + counter): the digest is four
    64-bit big-endian words, taken in order; a word at or above the largest multiple of n is passed over; after four
    the counter, which starts at 0, goes up by one. The message is "instance|pot|cycle|" and then:
        a contribution's id            the draw of this contribution; it hits if the number is below the numerator
        tau                            the hidden instant of a pot that drops by time, in milliseconds of its window
        deadline                       which contribution wins at the deadline, by what was staked
        community:<position>:<k>       the k-th player a strategy chooses of those who may be chosen
        <root of the tickets>:<k>      the k-th ticket of a raffle's round
Choosing without replacement
    Of N in a row the k-th choice is made by a number j below N - k + 1: the one at place k + j (counted from 1) is
    chosen, and the one at place k takes its place.
Tickets
    The root is SHA-256 of one line for each range of tickets: first number|how many|holder|contribution's id. Holders
    are players, numbered in the order in which they first earned a ticket. A ticket whose holder has as many prizes as
    one may have is set aside, and the same prize is drawn for again.
"""

import bisect
import hashlib
import hmac
import json
import os
import sys
import urllib.parse
import urllib.request

FORMAT = "potluck-draws-1"
WORDS = 2**64
SHOWN = 50


# ---------------------------------------------------------------- numbers


def draw(secret, message, n):
    """The number below n for this message."""
    if n == 1:
        return 0
    limit = WORDS - WORDS % n
    counter = 0
    while True:
        digest = hmac.new(secret, ("%s|%d" % (message, counter)).encode(), hashlib.sha256).digest()
        for offset in range(0, 32, 8):
            word = int.from_bytes(digest[offset : offset + 8], "big")
            if word < limit:
                return word % n
        counter += 1


def without_replacement(count, below):
    """The places 0 … count - 1 as they are chosen; below(k, n) is the number of the k-th choice."""
    moved = {}
    for place in range(count):
        chosen = place + below(place + 1, count - place)
        found = moved.get(chosen, chosen)
        moved[chosen] = moved.get(place, place)
        yield found


# ---------------------------------------------------------------- reading


class Unreadable(Exception):
    """What was named cannot be read as published data."""


def is_address(where):
    return urllib.parse.urlsplit(where).scheme in ("http", "https")


def opened(where):
    """A file-like object of bytes."""
    if is_address(where):
        return urllib.request.urlopen(urllib.request.Request(where, headers={"Accept": "*/*"}), timeout=60)
    return open(where, "rb")


def beside(where, other):
    """Another part of the same data: relative to its address, or by its last name beside the file."""
    if is_address(where):
        return urllib.parse.urljoin(where, other)
    if os.path.isabs(other) and os.path.exists(other):
        return other
    parts = urllib.parse.urlsplit(other)
    return os.path.join(os.path.dirname(where), os.path.basename(parts.path.rstrip("/")))


def document(where):
    try:
        with opened(where) as source:
            found = json.load(source)
    except (OSError, ValueError) as error:
        raise Unreadable("%s: %s" % (where, error)) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Unreadable("%s: this is not data of the format %s" % (where, FORMAT))
    return found


# ---------------------------------------------------------------- checking


class Report:
    """What was counted and what was wrong."""

    def __init__(self):
        self.counts = {}
        self.fault_count = 0

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def fault(self, where, text):
        self.fault_count += 1
        if self.fault_count <= SHOWN:
            print("%s: %s" % (where, text))


def check(where, report):
    """One document and all its further parts."""
    data = document(where)
    name = "%s|%s|%s" % (data["instance_id"], data["pot"], data["cycle"])
    report.count("cycle" if data["kind"] == "cycle" else "round")
    if data["secret"] is None:
        report.count("still sealed")
        return
    secret = bytes.fromhex(data["secret"])
    if hashlib.sha256(secret).hexdigest() != data["commitment"]:
        report.fault(name, "the secret is not what was committed to")
    if data["kind"] == "cycle":
        check_cycle(where, data, name, secret, report)
    else:
        check_round(where, data, name, secret, report)


# A pot: every draw, the chances, what was armed, the win, the community.


class Cycle:
    """What has been seen of a cycle so far."""

    def __init__(self):
        self.armed = 0
        self.losers = 0
        self.wins = []
        self.steps = []
        self.all = []
        self.tau = None


def check_cycle(where, data, name, secret, report):
    seen = Cycle()
    terms = data["terms"]
    if terms["kind"] == "time" and terms["time_rule"] == "first_after":
        seen.tau = draw(secret, name + "|tau", terms["period_seconds"] * 1000)
    part, place = data, where
    while True:
        for one in part["contributions"]:
            check_contribution(data, one, name, secret, seen, report)
        if not part.get("next"):
            break
        place = beside(place, part["next"])
        part = document(place)
    check_course(data, secret, seen, name, report)
    for strategy in data.get("community") or []:
        check_community(strategy, name, secret, report)


def check_contribution(data, one, name, secret, seen, report):
    report.count("draw")
    key = "%s|%s" % (name, one["id"])
    numerator, denominator, number = (int(one[field]) for field in ("numerator", "denominator", "number"))
    terms = data["terms"]
    seen.all.append(one)
    if denominator == 0:
        return  # the pot had dropped as often as it may
    if not one["armed"] and seen.tau is not None:
        # What came before the hidden instant was told nothing of where it is.
        right = seen.tau if seen.tau < numerator else denominator
        elapsed = min(max(0, one["at"] - data["window"]["starts"] + 1), denominator)
        if numerator != elapsed:
            report.fault(key, "%d ms of the window had passed, published are %d" % (elapsed, numerator))
    else:
        right = draw(secret, key, denominator)
    if number != right:
        report.fault(key, "the number is %d of %d, published is %d" % (right, denominator, number))
    if one["hit"] != (number < numerator):
        report.fault(key, "%d against %d is published as %s" % (number, numerator, "a hit" if one["hit"] else "none"))
    if one["armed"]:
        seen.armed += 1
        if (numerator, denominator) != (1, 1):
            report.fault(key, "the pot was armed, and yet this was not a certain hit")
    elif one["hit"] and not one["won"]:
        seen.losers += 1
    if one["won"]:
        seen.wins.append(one)
    if one["armed"]:
        return
    if terms["kind"] == "probability":
        wanted = by_probability(int(one["amount_micros"]), terms)
        if wanted != (numerator, denominator):
            report.fault(key, "the chance is %d of %d, published is %d of %d" % (*wanted, numerator, denominator))
    elif terms["kind"] == "value" and numerator and denominator > 1:
        seen.steps.append((denominator, numerator, key))


def by_probability(amount, terms):
    """The chance in proportion to what the contribution is of the cost of an attempt."""
    if not amount:
        return 1, terms["max_magic_number"]
    whole = int(terms["cost_per_attempt_micros"]) * terms["max_magic_number"]
    return (1, 1) if amount >= whole else (amount, whole)


def check_course(data, secret, seen, name, report):
    """What the draws of a cycle say of each other."""
    if data["cause"] == "deadline":
        check_deadline(data, secret, seen, name, report)
    else:
        won = [one["id"] for one in seen.wins]
        if won != ([data["winner"]] if data["winner"] else []):
            report.fault(name, "its winner is %s, published as the win are %s" % (data["winner"], won))
        if seen.wins and not seen.wins[0]["hit"]:
            report.fault(name, "its win was no hit")
        if seen.wins and seen.losers and not seen.wins[0]["armed"]:
            report.fault(name, "its armed pot was won by a hit that is not published as certain")
    if seen.losers > 1:
        report.fault(name, "%d hits lost, though the first had armed the pot" % seen.losers)
    if seen.armed and not seen.losers and not data["armed_from_outside"]:
        report.fault(name, "it is published as armed, and no hit had armed it")
    # A pot that drops between two values goes on where the contribution before left it: what is left of the range (by
    # weight, where it has segments) becomes smaller by each step.
    steps = sorted(seen.steps, reverse=True)
    for (denominator, numerator, _), (following, _, key) in zip(steps, steps[1:]):
        if following != denominator - numerator:
            report.fault(key, "after %d of %d the next chance is of %d" % (numerator, denominator, following))


def check_deadline(data, secret, seen, name, report):
    """Who wins where a window ends: by stake, or the last one where the hidden instant met nobody."""
    starts, ends = data["window"]["starts"], data["window"]["ends"]
    inside = [one for one in seen.all if starts <= one["at"] < ends]
    if not inside:
        report.fault(name, "it was won at the deadline of a window in which nothing was contributed")
        return
    right = inside[-1]
    if data["terms"]["time_rule"] == "stake_weighted":
        weights = [int(one["amount_micros"]) for one in inside]
        weights = weights if any(weights) else [1] * len(inside)
        number = draw(secret, name + "|deadline", sum(weights))
        for right, weight in zip(inside, weights):
            if number < weight:
                break
            number -= weight
    if right["id"] != data["winner"]:
        report.fault(name, "at the deadline %s won, published is %s" % (right["id"], data["winner"]))


def check_community(strategy, name, secret, report):
    if strategy["kind"] != "active":
        return
    report.count("community choice", len(strategy["chosen"]))

    def below(number, n):
        return draw(secret, "%s|community:%d:%d" % (name, strategy["position"], number), n)

    right = set()
    for index in without_replacement(strategy["eligible"], below):
        if len(right) == strategy["count"]:
            break
        right.add(index)
    if not set(strategy["chosen"]) <= right:
        report.fault(name, "the players of strategy %d are not those that were drawn" % strategy["position"])


# A raffle: the root of the tickets, then every winner.


class Tickets:
    """The ranges of a round, read line by line."""

    def __init__(self):
        self.firsts, self.holders, self.held, self.count = [], [], {}, 0
        self.digest = hashlib.sha256()

    def read(self, line, name, report):
        self.digest.update(line)
        first, count, holder, _ = line.decode().rstrip("\n").split("|")
        if int(first) != self.count + 1 or int(count) < 1:
            report.fault(name, "ticket %d is missing" % (self.count + 1))
        if int(holder) > len(self.held) + 1:
            report.fault(name, "holder %s comes before holder %d" % (holder, len(self.held) + 1))
        self.firsts.append(int(first))
        self.holders.append(int(holder))
        self.held[int(holder)] = self.held.get(int(holder), 0) + int(count)
        self.count = int(first) + int(count) - 1

    def holder(self, number):
        return self.holders[bisect.bisect_right(self.firsts, number) - 1]


def check_round(where, data, name, secret, report):
    tickets = Tickets()
    place = beside(where, data["tickets"])
    try:
        with opened(place) as lines:
            for line in lines:
                tickets.read(line, name, report)
    except (OSError, ValueError) as error:
        raise Unreadable("%s: %s" % (place, error)) from None
    report.count("range of tickets", len(tickets.firsts))
    report.count("ticket", tickets.count)
    if tickets.digest.hexdigest() != data["root"]:
        report.fault(name, "the root of the tickets is %s" % tickets.digest.hexdigest())
    if tickets.count != data["ticket_count"]:
        report.fault(name, "there are %d tickets, published are %d" % (tickets.count, data["ticket_count"]))
    published = [(one["rank"], one["ticket_number"], one["draw"], one["holder"]) for one in data["winners"]]
    report.count("raffle winner", len(published))
    right = winners(data, tickets, name, secret)
    if len(published) != len(right):
        report.fault(name, "there are %d winners, published are %d" % (len(right), len(published)))
    for is_published, is_right in zip(published, right):
        if is_published != is_right:
            text = "rank %d goes to ticket %d (draw %d, holder %d)" % is_right
            report.fault(name, text + ", published is ticket %d of rank %d" % (is_published[1], is_published[0]))


def winners(data, tickets, name, secret):
    ranks = [prize["rank"] for prize in sorted(data["prizes"], key=lambda one: one["rank"]) for _ in range(prize["count"])]
    limit = data["prizes_per_player"]
    possible = tickets.count if limit is None else sum(min(held, limit) for held in tickets.held.values())
    wanted = min(len(ranks), possible)

    def below(number, n):
        return draw(secret, "%s|%s:%d" % (name, data["root"], number), n)

    found, taken = [], {}
    for number, index in enumerate(without_replacement(tickets.count, below), 1):
        if len(found) == wanted:
            break
        holder = tickets.holder(index + 1)
        if limit is not None and taken.get(holder, 0) >= limit:
            continue
        taken[holder] = taken.get(holder, 0) + 1
        found.append((ranks[len(found)], index + 1, number, holder))
    return found


# ---------------------------------------------------------------- the command


PLURALS = {
    "cycle": "cycles",
    "round": "rounds",
    "draw": "draws",
    "community choice": "community choices",
    "range of tickets": "ranges of tickets",
    "ticket": "tickets",
    "raffle winner": "raffle winners",
    "still sealed": "still sealed",
}


def main(places):
    if not places or places[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if places else 2
    report = Report()
    for place in places:
        try:
            check(place, report)
        except Unreadable as error:
            print(error, file=sys.stderr)
            return 2
        except (KeyError, TypeError, ValueError) as error:
            print("%s: a part of the data is missing or misshapen: %r" % (place, error), file=sys.stderr)
            return 2
    if report.fault_count > SHOWN:
        print("… and %d more." % (report.fault_count - SHOWN))
    counted = ["{:,} {}".format(number, what if number == 1 else PLURALS[what]) for what, number in report.counts.items()]
    faults = "{:,} faults.".format(report.fault_count) if report.fault_count else "everything as committed."
    print("%s: %s" % (", ".join(counted), faults))
    return 1 if report.fault_count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
