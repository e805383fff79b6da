"""Makes the packaged model and what was seen of the packaged examples: `python -m tools.signals.train`."""

import sys

from tools.signals.store import PACKAGED, Shelf


def main() -> None:
    """Learn, replace what is packaged, and tell how the folds did."""
    _, card = Shelf(PACKAGED, packaged=None).model()
    for file in PACKAGED.glob("model-*"):
        if file.name != f"model-{card['key']}.npz":
            file.unlink()
    sys.stdout.write(f"{card['key']}: {card['examples']}, en {card['macro_f1_en']}, zh {card['macro_f1_zh']}\n")


if __name__ == "__main__":
    main()
