"""Tokens that are not this node's, or no longer, sent to a service past the gateway: refused, and nothing changes."""

import pytest

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.ids import is_id, new_id
from tests.bad_tokens import bad_tokens, signed
from tests.integration.node import Node
from tests.integration.rpc import RpcCaller

CREATE = "actors.create_institution"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors")


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_each_is_refused_changes_nothing_and_is_in_no_log(node: Node) -> None:
    tokens = bad_tokens(node.key, node.name)
    found, caller = {}, RpcCaller(node.amqp_uri)
    for what, token in tokens.items():
        try:
            told = caller.call(CREATE, {"name": f"Faux {new_id()}"}, {"nameko.principal": token}, within=60)
            found[what] = f"let in: {told}"
        except ForbiddenError as error:
            found[what] = error.code
    caller.close()
    assert found == dict.fromkeys(tokens, "invalid-token")
    assert node.database("actors")["institutions"].count_documents({"name": {"$regex": "^Faux "}}) == 0
    log = node.log("actors")
    assert [what for what, token in tokens.items() if isinstance(token, str) and len(token) > 8 and token in log] == []
    assert '"level": "error"' not in log


def test_a_good_one_is_let_in(node: Node) -> None:
    made = node.call("actors", "create_institution", {"name": f"Vrai {new_id()}"}, token=signed(node.key, {}))
    assert made["created_by"] == "forger"


@pytest.mark.parametrize("hostile", ["a\r\nX-Injected: 1", "\x1b[2J", "\N{RIGHT-TO-LEFT OVERRIDE}drow", "x" * 5000])
def test_what_a_caller_calls_its_request_is_kept_only_if_it_is_fit(node: Node, hostile: str) -> None:
    made = node.call("actors", "create_institution", {"name": f"Vrai {new_id()}"}, correlation_id=hostile)
    (event,) = node.events("actors", subject=made["id"])
    assert is_id(event["correlationid"])
