"""Lets made-up requests meet what is there.

Made-up ids are nobody's and made-up times lie centuries apart, so that nearly every answer would be 404 or 400. Before a
call, most of them are replaced: ids by those of objects that earlier answers told of, times by recent ones. What was
deleted stays known for a while; asking for it must be 404 and nothing worse. The same value is replaced in the same
way, as long as the same objects are known, so that a failure can be shrunk.
"""

import datetime
import os
import re
import uuid
from collections import defaultdict, deque

import requests

# How many objects of a kind are remembered, the latest.
REMEMBERED = 40

# What was seen, by kind. A card is known with its deck.
seen = defaultdict(lambda: deque(maxlen=REMEMBERED))
deck_of = {}
credentials = deque(maxlen=REMEMBERED)

# Objects that no call deletes: without them nothing would be left after a while.
kept = {"weights": []}

KINDS = {
    "deckID": "deck",
    "deck_id": "deck",
    "cardID": "card",
    "ids": "card",
    "learningSessionID": "session",
    "undoes": "review",
    "cursor": "cursor",
}
KINDS_OF_ID = {
    "/decks/{id}": "deck",
    "/learning/decks/{id}": "deck",
    "/learning/cards/{id}": "card",
    "/learning/reviews/{id}": "review",
    "/learning/session": "session",
    "/user/tokens/{id}": "token",
}
# Where a request asks for the password of the account that it comes from.
ASKS_PASSWORD = {("POST", "/user/password"): "current", ("DELETE", "/user"): "password"}
SCOPES = ["decks:read", "decks:write", "learning:read", "learning:write"]
KEY_HEADER = "Idempotency-Key"
KEYS = [f"the-key-of-request-{number}" for number in range(6)]
RESET_LINK = re.compile(r"[?&]token=([A-Za-z0-9_-]+)")
ZONES = ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Marquesas", "America/St_Johns", "Pacific/Apia"]
ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def stock(base, token):
    """Makes a deck with cards, a session and reviews, which are kept."""

    def post(path, body):
        answer = requests.post(base + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        answer.raise_for_status()
        return answer.json()["data"]

    deck = post("/decks", {"name": "Kept", "description": "", "color": "#FFEC87"})["id"]
    cards = post(f"/decks/{deck}/cards", [{"question": f"{n}?", "answer": f"{n}!"} for n in range(20)])
    session = post("/learning/session", {"deckID": deck, "startedAt": recent(0)})["id"]
    answers = [
        {"cardID": cards[n % 10]["id"], "rating": n % 4 + 1, "startedAt": recent(n), "finishedAt": recent(n, 5)}
        for n in range(60)
    ]
    reviews = [outcome["id"] for outcome in post("/learning/reviews", answers) if outcome["status"] == "recorded"]
    settings = requests.get(f"{base}/learning/settings", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    kept["weights"] = settings.json()["data"]["settings"]["weights"]
    kept.update(deck=[deck], card=[card["id"] for card in cards], session=[session], review=reviews)
    for card in cards:
        deck_of[card["id"]] = deck


def recent(number, seconds=0):
    """A moment within the last 60 days, in RFC 3339."""
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1 + number * 7919 % 1400)
    return (moment + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def meet(case):
    """Replaces ids and times in all parts of a request."""
    case.path_parameters = replaced(case.path_parameters or {}, "", case)
    case.query = replaced(case.query or {}, "", case)
    if isinstance(case.body, (dict, list)):
        case.body = replaced(case.body, "", case)
    meet_key(case)
    card = case.path_parameters.get("cardID")
    if card in deck_of and "id" in case.path_parameters:
        case.path_parameters["id"] = deck_of[card]
    if isinstance(case.body, dict) and number_of(str(case.body)) % 4:
        meet_accounts(case)


def meet_key(case):
    """Takes some keys from a few, so that requests come with the key of an earlier one."""
    key = (case.headers or {}).get(KEY_HEADER)
    if isinstance(key, str) and re.fullmatch(r"[!-~]{16,255}", key) and number_of(key) % 4 == 0:
        case.headers[KEY_HEADER] = KEYS[number_of(key) // 4 % len(KEYS)]


def meet_accounts(case):
    """Signs in as somebody who exists, and up as somebody who does not yet."""
    number = number_of(str(case.body))
    asked = ASKS_PASSWORD.get((case.method.upper(), case.path))
    if asked and isinstance(case.body.get(asked), str):
        case.body = {**case.body, asked: credentials[0]["password"]}
    elif case.path == "/user/password/forgot" and credentials and isinstance(case.body.get("email"), str):
        case.body = {**case.body, "email": credentials[number % len(credentials)]["email"]}
    elif case.path == "/user/password/reset" and isinstance(case.body.get("token"), str):
        case.body = {**case.body, "token": mailed_token(case.body["token"])}
        if number % 2 and isinstance(case.body.get("password"), str):
            case.body["password"] = credentials[0]["password"]
    elif case.path == "/user/login" and credentials:
        case.body = {**case.body, **credentials[number % len(credentials)]}
    elif case.path == "/user" and credentials and all(case.body.get(field) for field in ("name", "email", "password")):
        if isinstance(case.body["password"], str):
            case.body = {**case.body, "password": credentials[0]["password"]}
        if isinstance(case.body["email"], str) and case.body["email"].endswith(".com"):
            case.body = {**case.body, "email": f"{uuid.uuid4().hex}@example.org"}


def mailed_token(otherwise):
    """The newest token of a mailed link: in development mails are written to the log."""
    with open(os.environ["SPACEY_LOG"], errors="replace") as log:
        log.seek(max(0, os.path.getsize(log.name) - 1_000_000))
        found = [RESET_LINK.search(line) for line in log if "choose a new password" in line]
    return found[-1].group(1) if found and found[-1] else otherwise


def replaced(value, name, case):
    """Returns a value with what exists in it, at any depth. The name is that of the field or the parameter."""
    if isinstance(value, dict):
        return {key: replaced(item, key, case) for key, item in value.items()}
    if isinstance(value, list):
        if name == "weights" and len(value) == len(kept["weights"]) and number_of(str(value)) % 4:
            return kept["weights"]
        return [replaced(item, name, case) for item in value]
    if not isinstance(value, str):
        return value
    number = number_of(value)
    if number % 4 == 0:
        return value
    number //= 4
    if is_time(value, MOMENT):
        if name == "expiresAt":
            return f"{2100 + number % 100}{value[4:]}"
        return recent(number // 2, number % 2 * 30)
    if is_time(value, DAY):
        return recent(number)[:10]
    if name == "timeZone":
        return ZONES[number % len(ZONES)]
    return known(kind_of(name, case), value, number, case)


def kind_of(name, case):
    if name != "id":
        return KINDS.get(name)
    # The ids of a batch of reviews are the client's own.
    return next((kind for path, kind in KINDS_OF_ID.items() if case.path.startswith(path)), None)


def known(kind, value, number, case):
    deletes = case.method.upper() == "DELETE" and case.path in ("/decks/{id}", "/decks/{id}/cards/{cardID}")
    candidates = list(seen[kind]) if kind else []
    if deletes:
        candidates = candidates[:10]  # the oldest ones
    elif number % 2 or not candidates:
        candidates = kept.get(kind) or candidates
    if not candidates or kind != "cursor" and not ID.fullmatch(value):
        return value
    return candidates[number // 2 % len(candidates)]


def number_of(text):
    """A number that follows from a text, and from nothing else."""
    return uuid.uuid5(uuid.NAMESPACE_OID, text.encode("utf-8", "surrogatepass").hex()).int


def is_time(text, form):
    """Whether a text is a time of a form. What is nearly one was made to be refused, and stays."""
    if not form.fullmatch(text):
        return False
    try:
        datetime.datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True


def note(case, data):
    """Remembers what an answer tells of."""
    method, path = case.method.upper(), case.path
    if method == "POST" and path == "/decks":
        remember("deck", data["id"])
    elif method == "POST" and path == "/decks/{id}/card":
        remember_card(data)
    elif method == "POST" and path == "/decks/{id}/cards":
        for card in data:
            remember_card(card)
    elif method == "POST" and path == "/user/tokens":
        remember("token", data["id"])
    elif method == "POST" and path == "/learning/session":
        remember("session", data["id"])
    elif method == "POST" and path == "/learning/reviews":
        for outcome in data:
            if outcome["status"] == "recorded":
                remember("review", outcome["id"])
    elif isinstance(data, dict) and data.get("nextCursor"):
        remember("cursor", data["nextCursor"])


def remember(kind, found):
    if found not in seen[kind]:
        seen[kind].append(found)


def remember_card(card):
    remember("card", card["id"])
    deck_of[card["id"]] = card["deckID"]
