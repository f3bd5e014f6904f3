"""A desktop's portal: animations are off, and half a second after the first question on again.

Runs with the system's Python, which has GLib's D-Bus: `fake_portal.py`, until it is killed.
"""

import sys

from gi.repository import Gio, GLib

SETTING = ("org.gnome.desktop.interface", "enable-animations")
INTERFACE = """<node><interface name="org.freedesktop.portal.Settings">
<method name="Read"><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="v" direction="out"/></method>
<signal name="SettingChanged"><arg type="s"/><arg type="s"/><arg type="v"/></signal>
</interface></node>"""


def answer(bus, _sender, path, interface, _method, asked, call) -> None:
    assert tuple(asked) == SETTING
    call.return_value(GLib.Variant("(v)", (GLib.Variant("v", GLib.Variant("b", False)),)))

    def change() -> bool:
        for name, value in (("other", False), (SETTING[1], True)):
            told = GLib.Variant("(ssv)", (SETTING[0], name, GLib.Variant("b", value)))
            bus.emit_signal(None, path, interface, "SettingChanged", told)
        return False

    GLib.timeout_add(500, change)


def offer(bus, _name) -> None:
    found = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    bus.register_object("/org/freedesktop/portal/desktop", found, answer, None, None)


def say_ready(_bus, _name) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.portal.Desktop", 0, offer, say_ready, None)
GLib.MainLoop().run()
