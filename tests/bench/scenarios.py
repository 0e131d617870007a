"""What is measured: shapes of files, with and without TLS, near and far."""

from dataclasses import dataclass

SMALL, FEW, COLD, MEDIUM, HUGE = "small", "few", "cold", "medium", "huge"
EIGHT, FOUR, MIXED = "eight", "four", "mixed"
NAMES = (SMALL, FEW, COLD, MEDIUM, HUGE, EIGHT, FOUR, MIXED)
WHOLE = (FEW, COLD)  # whole commands: there is no more to compare
SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One table. `parallel` None: ours is automatic, the others do 128; `delay` is in ms a request."""

    name: str
    shape: str
    title: str
    scheme: str
    delay: float
    parallel: int | None

    @property
    def label(self) -> str:
        """Its heading."""
        far = f", {self.delay:g} ms a request" if self.delay else ""
        flight = f"{self.parallel} in flight" if self.parallel is not None else "128 in flight, push: auto"
        return f"{self.title}, {self.scheme}{far}, {flight}"


_SHAPES = {
    SMALL: ("10000x4", "10,000 x 4 KiB", 32),
    FEW: ("4000x4", "4,000 x 4 KiB, whole commands", 32),
    COLD: ("4000x4", "4,000 x 4 KiB that nobody has read lately, whole commands", 32),
    MEDIUM: ("1000x1024", "1,000 x 1 MiB", 32),
    HUGE: ("1x4194304", "1 x 4 GiB", 1),
    EIGHT: ("8x524288", "8 x 512 MiB", 8),
    FOUR: ("4x524288", "4 x 512 MiB", 4),
    MIXED: ("mixed", "mixed: 1,000 x 4 KiB, 100 x 1 MiB, 4 x 64 MiB, 1 x 512 MiB", 32),
}


def scenarios(names: tuple[str, ...], schemes: tuple[str, ...], *, quick: bool) -> list[Scenario]:
    """Those of some names. Quick: what the targets name."""
    made: list[Scenario] = []
    for name in names:
        shape, title, parallel = _SHAPES[name]
        for scheme in schemes:
            made.append(Scenario(name, shape, title, scheme, 0.0, parallel))
            if name == SMALL and not (quick and scheme == "https"):
                made += [Scenario(name, shape, title, scheme, delay, None) for delay in (20.0, 80.0)]
    if quick:
        both = {(name, scheme) for name in (SMALL, *WHOLE) for scheme in SCHEMES}
        wanted = both | {(HUGE, "http"), (FOUR, "https")}
        made = [one for one in made if (one.name, one.scheme) in wanted]
    return made
