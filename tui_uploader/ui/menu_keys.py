"""The letters of the menus: what to copy, what to show, how to group; part of the keymap."""

from tui_uploader.ui.key import Key

COPYING = (
    Key("copy.link", "u", "answer('link')", "link", "The temporary link.", 10, "u"),
    Key("copy.file_id", "f", "answer('file ID')", "file ID", "The file ID (cloud://...).", 11, "f"),
    Key("copy.key", "k", "answer('key')", "key", "The key.", 12, "k"),
    Key("copy.path", "p", "answer('path')", "path", "The path on this server.", 13, "p"),
    Key("copy.error", "e", "answer('error')", "error", "Code, message and request ID of the failure.", 14, "e"),
    Key("copy.nothing", "escape", "answer('')", "nothing", "Copy nothing.", 15, "Esc"),
)

CHANGED = (
    Key("changed.take", "u", "answer('take')", "upload as now", "Upload these files as they are now.", 9, "u"),
    Key("changed.leave", "x", "answer('leave')", "leave out", "Leave them out, go on with the others.", 10, "x"),
    Key("changed.look", "l", "answer('look')", "look", "Show which files and what is other.", 11, "l"),
    Key("changed.later", "escape", "answer('')", "later", "Leave the job as it is.", 12, "Esc"),
)

STOPPING = (
    Key("stop.finish", "f", "answer('finish')", "finish", "Let what is being sent end first.", 9, "f"),
    Key("stop.now", "s", "answer('now')", "stop now", "Cut off what is being sent.", 10, "s"),
    Key("stop.not", "escape", "answer('')", "let it run", "Change nothing.", 11, "Esc"),
)

SHOWN = (
    Key("show.all", "a", "answer('all')", "all", "Every row.", 10, "a"),
    Key("show.active", "i", "answer('active')", "active", "What is under way.", 11, "i"),
    Key("show.waiting", "w", "answer('waiting')", "waiting", "What waits.", 12, "w"),
    Key("show.failed", "f", "answer('failed')", "failed", "What failed.", 13, "f"),
    Key("show.done", "d", "answer('done')", "done", "What is done.", 14, "d"),
    Key("show.skipped", "s", "answer('skipped')", "skipped", "What was left out.", 15, "s"),
    Key("show.cancelled", "c", "answer('cancelled')", "cancelled", "What was cancelled.", 16, "c"),
    Key("show.stay", "escape", "answer('')", "as it is", "Change nothing.", 17, "Esc"),
)

GROUPED = (
    Key("group.stage", "s", "answer('stage')", "by stage", "Failed first, then active, waiting, done.", 10, "s"),
    Key("group.code", "c", "answer('code')", "by code", "Failures with one code together.", 11, "c"),
    Key("group.folder", "f", "answer('folder')", "by folder", "A row for each folder.", 12, "f"),
    Key("group.order", "o", "answer('order')", "in order", "As they were added and moved.", 13, "o"),
    Key("group.stay", "escape", "answer('')", "as it is", "Change nothing.", 14, "Esc"),
)

PLAIN = (Key("plain.back", "escape,q,enter,space", "back", "back", "Close this page.", 85, "Esc"),)

COPIED = (Key("copied.write", "E", "write", "write to a file", "Write this text to a file that you name.", 10, "E"),)

QR = (
    Key("qr.copy", "y", "copy", "copy link", "Close this page and copy the link.", 10, "y"),
    Key("qr.swap", "i", "swap", "swap colours", "Light for dark, where the phone cannot read it.", 11, "i"),
)
