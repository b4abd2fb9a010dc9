#!/usr/bin/env python3
"""Sends a real server what schemathesis generates from Schema/openapi.json, in every role.

    Tests/Generated/generated.py FOLDER-OF-THE-PROGRAMS [--requests 5000] [--seed 1]

An owner, a researcher, a coder, a reader, a device that was revoked, an invite in the place of a token and
nobody at all ask for everything there is, with messages that are as the description says and with ones that
are not, in both formats. No answer may be 5xx, have a status, a content type or a problem's code that the
description does not have for that request, or be other than its schema says. In the end the server's ledger
and audit log are checked. Needs schemathesis 4 (`pip install schemathesis`), and says so when it is not there.
"""
import argparse, collections, importlib.util, json, os, pathlib, subprocess, sys, tempfile

try:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, seed as hypothesis_seed, settings
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as openapi_checks
except ImportError:
    print("Generated requests were left out: schemathesis is not installed "
          "(python3 -m venv venv && venv/bin/pip install schemathesis, and PYTHON=venv/bin/python).")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# By its path: a folder of programs on the search path would stand before Python's own modules.
SPEC = importlib.util.spec_from_file_location("load", ROOT / "Benchmarks/load.py")
load = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(load)

CHECKS = [checks.not_a_server_error, openapi_checks.status_code_conformance,
          openapi_checks.content_type_conformance, openapi_checks.response_headers_conformance,
          openapi_checks.response_schema_conformance]


@schemathesis.serializer("application/protobuf")
def protobuf(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.deserializer("application/protobuf")
def any_bytes(context, response):
    # The description says of protobuf that it is a text of bytes, and sync.proto the rest.
    return response.content.decode("latin-1")


def join(server, secret, device):
    """Over HTTP as anybody would, with curl's JSON."""
    import base64, urllib.request
    body = {"secret": secret, "device": base64.b64encode(bytes([device] * 16)).decode()}
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/join", json.dumps(body).encode(),
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        reply = json.load(answer)
    return reply["token"], base64.b64decode(reply["study"]).hex()


def askers(server):
    """What each asks with: the name, the token and the study."""
    server.administer("study", "create", "Huallaga")
    found = []
    for number, role in enumerate(["owner", "researcher", "coder", "reader", "revoked"], 1):
        told = server.administer(
            "invite", "create", "Huallaga", "--for", role, "--role",
            "researcher" if role == "revoked" else role,
            "--url", f"http://127.0.0.1:{server.port}", "--json")
        secret = told.split("#", 1)[1].split('"', 1)[0]
        token, study = join(server, secret, number)
        found.append((role, token, study))
    server.administer("member", "revoke", "Huallaga", "revoked")
    open_invite = server.administer(
        "invite", "create", "Huallaga", "--for", "late", "--url",
        f"http://127.0.0.1:{server.port}", "--json").split("#", 1)[1].split('"', 1)[0]
    return found + [("invited", open_invite, study), ("none", None, study)]


def ask(schema, operation, asker, count, seed, statuses):
    role, token, study = asker
    strategy = (operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
                | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    sent = 0

    # One at a time and nothing made smaller: a failure is printed as curl and repeated from its seed.
    @hypothesis_seed(seed)
    @settings(max_examples=count, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def run(case):
        nonlocal sent
        sent += 1
        # A study that one belongs to, mostly: else nothing but 404 would be met.
        if "study" in (case.path_parameters or {}) and sent % 8:
            case.path_parameters["study"] = study
        case.headers = dict(case.headers or {})
        case.headers.pop("Authorization", None)
        if token:
            case.headers["Authorization"] = f"Bearer {token}"
        response = case.call()
        statuses[f"{operation.label} {response.status_code}"] += 1
        # What is compressed is read by the project's own tests; Python 3.11 has no Zstandard.
        is_compressed = "content-encoding" in response.headers
        case.validate_response(response, checks=CHECKS[:-1] if is_compressed else CHECKS)

    run()
    return sent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="cuaderno-generated-")
    server = load.Server(arguments.programs, folder)
    statuses = collections.Counter()
    sent = failures = 0
    try:
        known = askers(server)
        raw = json.loads((ROOT / "Schema/openapi.json").read_text())
        schema = schemathesis.openapi.from_dict(raw)
        schema.config.update(base_url=f"http://127.0.0.1:{server.port}")
        operations = [result.ok() for result in schema.get_all_operations()]
        # Of what has no body there are only a few requests that differ.
        bodies = sum(1 for operation in operations if operation.body)
        each = max(1, -(-arguments.requests // (bodies * len(known))))
        for operation in operations:
            for asker in known:
                try:
                    sent += ask(schema, operation, asker, each, arguments.seed, statuses)
                except BaseException as failure:
                    if isinstance(failure, KeyboardInterrupt):
                        raise
                    failures += 1
                    print(f"--- {operation.label} as {asker[0]}:\n{failure!r:.3000}\n{failure!s:.3000}")
        print(f"{sent} requests: " + ", ".join(
            f"{name} {count}" for name, count in sorted(statuses.items())))
        assert server.process.poll() is None, "the server ended"
        server.administer("check")
        server.administer("audit", "verify")
    finally:
        server.stop()
    if failures:
        raise SystemExit(f"{failures} of the descriptions' promises were not kept")
    print("No 5xx, and nothing that the description does not have.")


main()
