"""What Schemathesis has to know of spacey: how to sign in, what exists, and which rules the document cannot say."""

import ipaddress
import json
import os
import random
import re
import uuid

import requests
import schemathesis

import existing

BASE = os.environ["SPACEY_URL"]
PASSWORD = "plum-kettle-harbour-41"

# Calls that end the session that they come with, or the whole account. Each gets an account of its own.
ENDS_SESSION = {
    ("GET", "/user/logout"),
    ("DELETE", "/user"),
    ("POST", "/user/password"),
    ("DELETE", "/user/sessions"),
    ("DELETE", "/user/sessions/{id}"),
}


def sign_up() -> str:
    """Opens an account and returns its session token."""
    account = {"name": "Fuzzer", "email": f"{uuid.uuid4().hex}@example.org", "password": PASSWORD}
    answer = requests.post(f"{BASE}/user", json=account, timeout=60)
    answer.raise_for_status()
    existing.credentials.append({"email": account["email"], "password": PASSWORD})
    return answer.json()["data"]["token"]


@schemathesis.auth(refresh_interval=3600)
class LastingAccount:
    """One account for all calls that leave the session alone."""

    header = None

    def get(self, case, context):
        token = sign_up()
        existing.stock(BASE, token)
        LastingAccount.header = f"Bearer {token}"
        return token

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    # From everywhere, as behind a proxy: who fails often from one place has to wait.
    case.headers["X-Forwarded-For"] = str(ipaddress.IPv4Address(random.getrandbits(32) | 1 << 24))
    # The ids of a chain of calls are those of the calls before.
    if case.meta is not None and case.meta.phase.name.value != "stateful":
        existing.meet(case)
    # A wrong token stays: the check ignored_auth sends some.
    if (case.method.upper(), case.path) in ENDS_SESSION and case.headers.get("Authorization") == LastingAccount.header:
        token = sign_up()
        case.headers["Authorization"] = f"Bearer {token}"
        if case.path == "/user/sessions/{id}" and random.random() < 0.5:
            case.path_parameters["id"] = session_of(token)


def session_of(token) -> str:
    """The id of the session that a token is of."""
    answer = requests.get(f"{BASE}/user/sessions", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    answer.raise_for_status()
    return answer.json()["data"]["items"][0]["id"]


@schemathesis.check
def repeated_request_is_not_done_again(ctx, response, case):
    """A request that is made once more with its Idempotency-Key gets the answer of the first one."""
    asked = response.request
    key = asked.headers.get(existing.KEY_HEADER, "")
    if isinstance(key, bytes):
        key = key.decode("latin-1")
    if asked.method != "POST" or not key.strip() or not 200 <= response.status_code < 300:
        return
    again = requests.Session().send(asked, timeout=60)
    assert again.status_code == response.status_code, f"made again it answers {again.status_code}: {again.text}"
    assert again.headers.get("Idempotency-Replayed") == "true", "it does not say that the answer is repeated"
    assert again.content == response.content, f"made again it answers something else: {again.text}"


@schemathesis.hook
def after_call(context, case, response):
    if 200 <= response.status_code < 300:
        try:
            existing.note(case, json.loads(response.content)["data"])
        except (ValueError, KeyError, TypeError):
            pass  # an answer that is not in the form of the others tells of nothing


# Answers 400 to requests that keep to the document, for what JSON Schema cannot say. Any other such answer is a mistake,
# of the document or of spacey.
BEYOND_THE_DOCUMENT = [
    r"^The range must have between 1 and 3660 days\.$",
    r"^This is not a (cursor|nextCursor) of this list\.$",
    r"^The time must lie between the years 1970 and 9999\.$",
    r"^The answer cannot be earlier than the showing of the card\.$",
    r"^The weight must be between ",
    r"^The password is too (short|common)",
    r"contains the character U\+0000",
    r"^This is not the password of the account\.$",
    r"^The expiry must be in the future\.$",
    r"^There is no time zone of this name\.$",
    r"^An undo cannot be taken back\.$",
]
RULES_OF_ONE_ROUTE = {
    ("/learning/plots/{name}", "This is required."),  # the deck, of one of the plots
    ("/user/tokens", "A name is required."),  # one that is blank
}
CODES_BEYOND_THE_DOCUMENT = {"email_taken", "email_already_verified", "invalid_token", "too_many_attempts"}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if failure.code == "ST202":
        return not beyond_the_document(case, response)
    if failure.code == "ST201":
        return not tolerated(case)
    return True


def beyond_the_document(case, response) -> bool:
    answer = json.loads(response.content)
    if answer["code"] in CODES_BEYOND_THE_DOCUMENT:
        return True
    told = answer["message"]
    sentences = [told] if isinstance(told, str) else [field["message"] for field in told]
    return all(
        (case.path, sentence) in RULES_OF_ONE_ROUTE or any(re.search(rule, sentence) for rule in BEYOND_THE_DOCUMENT)
        for sentence in sentences
    )


def tolerated(case) -> bool:
    """Whether the request is wrong by the document in a way that spacey lets pass on purpose."""
    # The items of a batch are refused one by one, in an answer 200.
    if case.path == "/learning/reviews":
        return True
    # A key without a character counts as none.
    key = (case.headers or {}).get(existing.KEY_HEADER)
    if key is not None and not str(key).strip():
        return True
    # null counts as left out, and so does an empty text for an id.
    return any(value is None or value == "" for value in leaves(case.body))


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value
