"""The command that serves the dashboard."""

import os
import socket
import sys
from typing import Annotated

import typer

from guanqing.cli.fill import build_demo
from guanqing.cli.frame import StoreOption, app, err, say, store_at
from guanqing.intake import upgrading
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.ui import gate


@app.command()
def serve(
    store: StoreOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8501,
    names: Annotated[
        bool,
        typer.Option(
            "--names", help="Let this server open the names file; readers are masked without it."
        ),
    ] = False,
) -> None:
    """Serve the dashboard on 127.0.0.1; build the simulated library first if there is none."""
    gate.settings()  # a mistake there is told before anything is built
    chosen = store_at(store)
    try:
        upgrading.current(chosen)
    except Problem as problem:
        if problem.key != "problem.no_library":
            raise
        err.print(say("cli.first_run"))
        build_demo(chosen)
    _require_free(port)
    err.print(say("cli.serving", url=f"http://127.0.0.1:{port}"))
    os.environ["GUANQING_STORE"] = str(chosen.root.resolve())
    os.environ["GUANQING_NAMES"] = "1" if names else "0"
    os.chdir(ROOT)  # Streamlit looks for .streamlit/config.toml where it stands
    sys.stdout.flush()
    command = [sys.executable, "-m", "streamlit", "run", "guanqing/ui/server.py"]
    os.execv(sys.executable, [*command, "--server.port", str(port), "--logger.level", "error"])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Problem("port_taken", port=port) from error
