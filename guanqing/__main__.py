"""Run the command line as `python -m guanqing`."""

from guanqing.cli import main

main()
