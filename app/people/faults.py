"""What can be wrong with one field, as a code that ``wording`` puts into words."""

from collections.abc import Mapping

Params = Mapping[str, str | int]


class Misfit(ValueError):
    """A value does not fit its field; ``code`` says why, ``params`` hold what the sentence names.

    Params never hold a personal number: these faults are stored, shown and downloaded.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params
