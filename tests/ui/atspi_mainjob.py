#!/usr/bin/python3
# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""Does the main job in the running program through AT-SPI alone, as assistive technology does: controls are found by
role and accessible name, never by place. To be run on a screen of its own, in a D-Bus session of its own.

    atspi_mainjob.py REALMSCOPE
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore")
try:
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, Gio, GLib
except (ImportError, ValueError):
    print("REALMSCOPE-TEST-SKIPPED, because python3-gi or gir1.2-atspi-2.0 is not installed")
    sys.exit(0)

ROLE = Atspi.Role
PATIENCE = 30  # seconds: a busy machine is no failure


def wait(what, look):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = look()
            if found:
                return found
        except GLib.Error:  # the program is starting, or the widget went while it was looked at
            pass
        time.sleep(0.05)
    raise SystemExit(f"not found within {PATIENCE} s: {what}")


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node, depth=24):
    yield node
    # The cells of a table or tree are made one by one when asked for.
    if depth and node.get_role() not in (ROLE.TABLE, ROLE.TREE, ROLE.TREE_TABLE, ROLE.LIST):
        for child in children(node):
            yield from walk(child, depth - 1)


def is_showing(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


class Window:
    def __init__(self, name):
        self.root = wait(f"the program {name}", lambda: self._program(name))

    @staticmethod
    def _program(name):
        return next((child for child in children(Atspi.get_desktop(0)) if child.get_name() == name), None)

    def find(self, role, name):
        """The showing control of that role whose name begins so."""
        return wait(f"{role.value_nick} {name!r}", lambda: next(
            (node for node in walk(self.root)
             if node.get_role() == role and (node.get_name() or "").startswith(name) and is_showing(node)), None))

    def label(self, text):
        return self.find(ROLE.LABEL, text).get_name()

    def press(self, name):
        button = self.find(ROLE.PUSH_BUTTON, name)
        actions = button.get_action_iface()
        names = [Atspi.Action.get_action_name(actions, i) for i in range(Atspi.Action.get_n_actions(actions))]
        if "Press" not in names:
            raise SystemExit(f"{name!r} cannot be pressed; it offers {names}")
        Atspi.Action.do_action(actions, names.index("Press"))

    def text(self, name):
        node = self.find(ROLE.TEXT, name)
        return Atspi.Text.get_text(node.get_text_iface(), 0, -1)

    def write(self, name, text):
        if not self.find(ROLE.TEXT, name).get_editable_text_iface().set_text_contents(text):
            raise SystemExit(f"{name!r} takes no text")


def expect(condition, what):
    if not condition:
        raise SystemExit(f"expected: {what}")


def main_job():
    window = Window("realmscope")
    window.press("Practice room: Basic where Digest is asked")
    url = wait("the URL of the room", lambda: window.text("Request URL"))
    expect(url.endswith("/basic-at-digest"), f"the URL of the room, not {url!r}")

    window.press("Send")
    expect(window.label("Status ") == "Status 401", "401 as the status")
    cause = "The server asks for Digest, and Basic was sent"
    window.label(cause)
    window.label("Proven")

    window.press("Troubleshoot")
    window.label("Step 2 of 9")
    window.label("wrong-scheme")
    window.press("Show the bytes: ")
    raw = window.find(ROLE.TEXT, "Raw request and response")
    bytes_shown = Atspi.Text.get_text(raw.get_text_iface(), 0, -1)
    expect("WWW-Authenticate: Digest realm=\"cellar\"" in bytes_shown, "the challenge among the raw bytes")

    window.press("Apply: ")
    window.label("Status 200")
    window.label("Before and after")

    # Text that is set from outside is what is sent.
    window.write("Request URL", url + "?by=atspi")
    window.press("Send")
    wait("the bytes of the new request", lambda: "/basic-at-digest?by=atspi HTTP/1.1" in Atspi.Text.get_text(
        window.find(ROLE.TEXT, "Raw request and response").get_text_iface(), 0, -1))
    print(f"done: {url}: 401, {cause}, 200")


def run(program):
    home = tempfile.mkdtemp()
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/data", XDG_CONFIG_HOME=home + "/config",
                       QT_QPA_PLATFORM="xcb", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1")
    process = subprocess.Popen([program, "--workspace", home + "/workspace", "--theme", "light"], env=environment)
    try:
        Atspi.set_timeout(10000, 30000)
        main_job()
        expect(process.poll() is None, "the program still running")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def has_accessibility_bus():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    names = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "ListActivatableNames", None, None, Gio.DBusCallFlags.NONE, -1)
    return "org.a11y.Bus" in names.unpack()[0]


if __name__ == "__main__":
    if not has_accessibility_bus():
        print("REALMSCOPE-TEST-SKIPPED, because at-spi2-core is not installed")
        sys.exit(0)
    run(sys.argv[1])
