"""``python -m lastmile`` is the command line."""

from lastmile.cli import main

if __name__ == "__main__":
    main()
