"""Policy: processes are killed for real (SIGKILL), over the real broker and store; nothing is stubbed."""

from tests.integration.conftest import eventually, make_node, node, surroundings

__all__ = ["eventually", "make_node", "node", "surroundings"]
