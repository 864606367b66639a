"""The command line: the window, or a headless subcommand. The screen is imported only when a window opens."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nnlab import __version__
from nnlab.commands import COMMANDS, command
from nnlab.errors import NnlabError, NobodyReadsError
from nnlab.regular_file import is_there
from nnlab.terminal import complain, prepare_streams, say, settle_streams, whole
from nnlab.words import shown

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_WRONG_INPUT, _INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and return the exit status: 0 done, 2 wrong input, 3 diverged, 130 interrupted (143, 129 by other signals)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    try:
        if words and words[0] in COMMANDS:
            return _headless(words[0], words[1:])
        return _window(words)
    except NobodyReadsError as error:
        return error.exit_status
    except NnlabError as error:
        complain(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        complain("interrupted")
        return _INTERRUPTED
    except MemoryError:
        complain("there is not enough memory for this; close other programs, or use less data or a smaller model")
        return _WRONG_INPUT
    finally:
        settle_streams()


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise NnlabError(f"{shown(message, 300)}; see `{self.prog} --help`")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Where every answer goes."""
        if message:
            say(message.removesuffix("\n"))


def _window(words: list[str]) -> int:
    parser = _Parser(
        prog="nnlab",
        description="A desktop laboratory for neural networks. Without a command, the window opens.",
        epilog="Headless commands: " + ", ".join(COMMANDS) + ". Each explains itself with --help.",
    )
    parser.add_argument(
        "file", nargs="?", type=Path, help="an experiment (.toml) or a model (.safetensors) to open, or data to learn from"
    )
    parser.add_argument("--data", type=Path, help="a folder that holds mnist/, fashion-mnist/")
    parser.add_argument("--threads", type=whole(0), default=0, help="threads of the engine (default: all cores but one)")
    parser.add_argument(
        "--helpers", type=whole(0), metavar="N", help="processes that train beside the window (default: as in Run > Helpers)"
    )
    parser.add_argument(
        "--add-to-menu", action="store_true", help="an entry in the desktop's menu, and files by double-click"
    )
    parser.add_argument("--remove-from-menu", action="store_true", help="take that back")
    parser.add_argument("--version", action="version", version=f"nnlab {__version__}")
    if words and not words[0].startswith("-") and not Path(words[0]).suffix and not is_there(Path(words[0])):
        from nnlab.settings import nearest

        raise NnlabError(f"'{shown(words[0])}' is neither a command nor a file; {nearest(words[0], COMMANDS)}")
    chosen = parser.parse_args(words)
    if chosen.remove_from_menu:
        from nnlab.desktop.menu_entry import remove_from_menu

        say(remove_from_menu())
        return 0
    if chosen.add_to_menu:
        return _add_to_menu()
    from nnlab.ui.app import run_window

    return int(run_window(chosen.file, chosen.data, chosen.threads, chosen.helpers))


def _add_to_menu() -> int:
    from nnlab.desktop.menu_entry import add_to_menu
    from nnlab.desktop.screen import check_libraries

    check_libraries()
    from nnlab.ui.icons import own_icon_png

    say(add_to_menu(own_icon_png))
    return 0


def _headless(name: str, words: list[str]) -> int:
    describe, run = command(name)
    parser = _Parser(prog=f"nnlab {name}", description=describe.__doc__)
    describe(parser)
    return run(parser.parse_args(words))
