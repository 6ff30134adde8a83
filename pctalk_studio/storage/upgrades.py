"""From older records to the newest: small functions, one for each step of one record's version, called in order.

An upgrade takes the JSON object of a record in version N, its parts not yet read, and gives that of version N + 1; the
``schema`` entry is set for it. To change a record: raise its version in :data:`pctalk_studio.storage.schema.VERSIONS`, write
the upgrade, its test, and a baseline file of the new version. Upgrades that have been published are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pctalk_studio.storage.schema import SCHEMA, VERSIONS, JsonObject

Upgrade = Callable[[JsonObject], JsonObject]
"""A record of one version -> the same in the next; the argument is left as it was."""


def _project_2(node: JsonObject) -> JsonObject:
    """Tracks that can be muted and soloed include that of performances; none of an older project is."""
    return node


UPGRADES: Mapping[tuple[str, int], Upgrade] = MappingProxyType({("Project", 1): _project_2})
"""(record, version it starts from) -> upgrade."""


@dataclass(frozen=True, slots=True)
class Format:
    """The newest version of each record, and the ways up to it."""

    versions: Mapping[str, int] = field(default_factory=lambda: VERSIONS)
    upgrades: Mapping[tuple[str, int], Upgrade] = field(default_factory=lambda: UPGRADES)

    def upgraded(self, name: str, version: int, node: JsonObject) -> JsonObject:
        """A record's object in the newest version.

        Raises
        ------
        ValueError
            When the object is not what its version says.
        """
        for step in range(version, self.versions[name]):
            try:
                node = self.upgrades[name, step](dict(node)) | {SCHEMA: f"{name}.{step + 1}"}
            except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
                raise ValueError(f"is no {name}.{step} and cannot be brought up to date") from error
        return node

    def gaps(self) -> list[tuple[str, int]]:
        """Steps between versions for which there is no upgrade; empty for a format that is whole."""
        steps = [(name, step) for name, newest in self.versions.items() for step in range(1, newest)]
        return [step for step in steps if step not in self.upgrades]
