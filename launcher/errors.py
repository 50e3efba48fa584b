"""What ends a command early: a code of messages.toml, told to the person in one line, and the exit code."""

from launcher import texts


class LauncherError(Exception):
    """The command cannot go on; `str()` of it is what the person reads."""

    exit_code = 1

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params

    def __str__(self) -> str:
        """The text in the caller's language."""
        return texts.say(self.code, **self.params)


class SettingError(LauncherError):
    """A variable of the environment has an unusable value."""

    exit_code = 2


class ProcessFailedError(LauncherError):
    """A process of the node does not stay up; `lines` are the last ones it wrote."""

    def __init__(self, code: str, lines: list[str], **params: object) -> None:
        super().__init__(code, **params)
        self.lines = lines
