"""What a person caused and can mend."""


class Problem(Exception):
    """Carry a text of data/text.toml, group `problem`, and its values.

    Whoever talks to the person says it in their language; anything else that goes wrong is a bug
    and keeps its traceback.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}" if values else key)
        self.key = f"problem.{key}"
        self.values = values
