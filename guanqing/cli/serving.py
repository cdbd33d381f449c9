"""The command that serves the dashboard."""

import os
import socket
import sys
from typing import Annotated

import typer

from guanqing import own
from guanqing.access import people, provider, settings
from guanqing.access.roles import policy
from guanqing.cli.fill import build_demo
from guanqing.cli.frame import StoreOption, app, err, say, store_at
from guanqing.intake import upgrading
from guanqing.paths import ROOT
from guanqing.problems import Problem


@app.command()
def serve(
    store: StoreOption = None,
    port: Annotated[int, typer.Option(help="Port on that address.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Another than 127.0.0.1 is served with a sign-in only.")
    ] = "127.0.0.1",
    demo: Annotated[
        bool,
        typer.Option(
            "--demo/--no-demo",
            help="In a store without anything, build the simulated library, or show how to begin.",
        ),
    ] = True,
    names: Annotated[
        bool,
        typer.Option(
            "--names", help="Let this server open the names file; readers are masked without it."
        ),
    ] = False,
) -> None:
    """Serve the dashboard on 127.0.0.1; build the simulated library first if there is none.

    A library that has been set up (`guanqing init`) and has loaded nothing is shown how to go on.
    """
    # a mistake in these is told before anything is built
    settings.require_closed(address)
    provider.require_secrets()
    policy()
    chosen = store_at(store)
    if settings.server().sign_in.way != "none":
        people.read(settings.people_file())
    try:
        upgrading.current(chosen)
    except Problem as problem:
        if problem.key != "problem.no_library":
            raise
        if demo and not own.of_store(chosen.root, is_simulated=False).folder.exists():
            err.print(say("cli.first_run"))
            build_demo(chosen)
    _require_free(address, port)
    err.print(say("cli.serving", url=f"http://{address}:{port}"))
    os.environ["GUANQING_STORE"] = str(chosen.root.resolve())
    os.environ["GUANQING_NAMES"] = "1" if names else "0"
    if os.environ.get("GUANQING_CONFIG"):  # it may have been named from here
        os.environ["GUANQING_CONFIG"] = str(settings.folder())
    os.chdir(ROOT)  # Streamlit looks for .streamlit/config.toml where it stands
    sys.stdout.flush()
    command = [sys.executable, "-m", "streamlit", "run", "guanqing/ui/server.py"]
    command += ["--server.address", address, "--server.port", str(port), "--logger.level", "error"]
    if settings.server().sign_in.way == "oidc":
        command += ["--secrets.files", str(settings.provider_file())]
    os.execv(sys.executable, command)


def _require_free(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise Problem("port_taken", port=port) from error
