"""Calls on groups."""

from typing import Any

from chassis.service import IdQuery, Service, rpc
from services.actors.contract import commands
from services.actors.contract.records import GroupSchema
from services.actors.handlers import group as handlers


class GroupEntrypoints(Service):
    """list, get, create, change."""

    @rpc
    def list_groups(self, payload: Any) -> Any:
        """A page of the list."""
        query = self.store.parts["groups"].listed
        return self.page(query, commands.GroupFilterSchema(), payload, GroupSchema())

    @rpc
    def get_group(self, payload: Any) -> Any:
        """One group."""
        return self.one("groups", IdQuery(), payload, GroupSchema())

    @rpc
    def create_group(self, payload: Any) -> Any:
        """See handlers.group."""
        takes = commands.CreateGroupSchema()
        return self.perform(handlers.create_group, takes, payload, GroupSchema())

    @rpc
    def change_group(self, payload: Any) -> Any:
        """See handlers.group."""
        takes = commands.ChangeGroupSchema()
        return self.perform(handlers.change_group, takes, payload, GroupSchema())
