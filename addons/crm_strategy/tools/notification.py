"""What the browser is told when a button has done its work."""

RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}


def notification(
    message: str, kind: str = "success", after: dict | None = None
) -> dict:
    """Return the client action that shows ``message`` and goes on with ``after``.

    Without ``after`` the screen is read again. ``kind`` is success, info, warning or
    danger; bad news stays until it is closed:

    >>> notification("Two customers moved.")["params"]["sticky"]
    False
    >>> notification("It failed.", "danger", CLOSE)["params"]["sticky"]
    True
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "sticky": kind == "danger",
            "next": after or RELOAD,
        },
    }
