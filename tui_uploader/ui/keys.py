"""The keymap: every binding once, with id, keys, action, words. Footer, help, palette and README come from here."""

from tui_uploader.ui.key import Key as Key
from tui_uploader.ui.key import bindings as bindings
from tui_uploader.ui.key import key_name as key_name
from tui_uploader.ui.key import remap as remap
from tui_uploader.ui.menu_keys import CHANGED as CHANGED
from tui_uploader.ui.menu_keys import COPIED as COPIED
from tui_uploader.ui.menu_keys import COPYING as COPYING
from tui_uploader.ui.menu_keys import GROUPED as GROUPED
from tui_uploader.ui.menu_keys import PLAIN as PLAIN
from tui_uploader.ui.menu_keys import QR as QR
from tui_uploader.ui.menu_keys import SHOWN as SHOWN
from tui_uploader.ui.menu_keys import STOPPING as STOPPING

EVERYWHERE = (
    Key("app.help", "question_mark,f1", "help", "help", "Show the keys of this pane.", 90, "?"),
    Key("app.palette", "colon,ctrl+p", "command_palette", "commands", "Find any command by name.", 80, ":"),
    Key("pane.next", "tab", "pane(1)", "next pane", "Go to the next pane.", 0, "Tab"),
    Key("pane.previous", "shift+tab", "pane(-1)", "previous pane", "Go to the previous pane.", 0, "Shift+Tab"),
    Key("pane.files", "1", "show('files')", "Files", "Go to the files.", 60, "1"),
    Key("pane.queue", "2", "show('queue')", "Queue", "Go to the queue.", 61, "2"),
    Key("pane.log", "3", "show('log')", "Log", "Go to the log.", 0, "3"),
    Key("pane.zoom", "z", "zoom", "zoom", "Give this pane the whole screen, or give it back."),
    Key("run.start", "u", "review", "review+start", "Review the plan of what is marked, then start.", 20, "u"),
    Key("run.pause", "p", "pause", "pause", "Pause the run, or go on.", 40, "p"),
    Key("run.retry_all", "R", "retry_all", "retry failed", "Retry everything that failed and can be retried.", 30, "R"),
    Key("run.fewer", "less_than_sign", "parallel(-1)", "fewer", "One parallel upload less.", 0, "<"),
    Key("run.more", "greater_than_sign", "parallel(1)", "more", "One parallel upload more.", 0, ">"),
    Key("run.limit", "b", "limit", "limit", "Limit the speed of all uploads together.", 0, "b"),
    Key("run.report", "E", "report", "report", "Write a report of the whole queue to a file.", 0, "E"),
    Key("run.plain", "T", "plain_text", "plain text", "Failures as plain text, to select by hand.", 0, "T"),
    Key("run.undo", "U", "undo", "undo", "Take back the last mark, removal or clearing.", 0, "U"),
    Key(
        "app.preferences",
        "comma",
        "app.preferences",
        "preferences",
        "Theme, language, mouse and more.",
        0,
        ",",
    ),
    Key(
        "app.credentials",
        "A",
        "app.credentials",
        "credentials",
        "Who is signed in: test or replace the token.",
        0,
        "A",
    ),
    Key("app.profile", "S", "app.profile", "switch profile", "Go to another environment; what runs may go on.", 0, "S"),
    Key("app.jobs", "H", "app.jobs", "jobs", "The jobs of this environment: running, left behind, ended.", 0, "H"),
    Key("app.mouse", "M", "app.mouse", "mouse", "The mouse on or off; while it is on, Shift selects text.", 0, "M"),
    Key("app.language", "L", "app.language", "language", "English or Chinese.", 0, "L"),
    Key("app.redraw", "ctrl+l", "redraw", "redraw", "Draw the screen again, and read the open folders anew.", 0, "^l"),
    Key("app.back", "escape", "back", "back", "One step back.", 0, "Esc"),
    Key("app.leave", "q", "leave", "leave", "Leave, after one question if something is uploading.", 0, "q"),
    Key(
        "app.interrupt",
        "ctrl+c",
        "interrupt",
        "interrupt",
        "The question of q; twice within two seconds leaves.",
        0,
        "^c",
        priority=True,
    ),
)

MOVING = (
    Key("move.down", "j,down", "cursor(1)", "down", "One row down.", 0, "j"),
    Key("move.up", "k,up", "cursor(-1)", "up", "One row up.", 0, "k"),
    Key("move.top", "g,home", "cursor_to(0)", "top", "To the first row.", 0, "g"),
    Key("move.bottom", "G,end", "cursor_to(-1)", "bottom", "To the last row.", 0, "G"),
    Key("move.half_down", "ctrl+d,D", "half_page(1)", "half page down", "Half a page down.", 0, "^d"),
    Key("move.half_up", "ctrl+u,B", "half_page(-1)", "half page up", "Half a page up.", 0, "^u"),
    Key("move.page_down", "pagedown", "page(1)", "page down", "A page down.", 0, "PgDn"),
    Key("move.page_up", "pageup", "page(-1)", "page up", "A page up.", 0, "PgUp"),
)

FILES = (
    Key("files.expand", "l,right", "expand", "expand", "Expand the folder; again: go to its first entry.", 0, "l"),
    Key("files.collapse", "h,left", "collapse", "collapse", "Collapse the folder; else go to the parent row.", 0, "h"),
    Key("files.open", "enter", "open", "open", "Folder: expand or collapse. File: information.", 0, "Enter"),
    Key("files.mark", "space,insert", "mark", "mark", "Mark or unmark for upload, and move on.", 10, "Space"),
    Key("files.mark_all", "a", "mark_all", "all", "Mark everything in this folder, or unmark it.", 0, "a"),
    Key("files.range", "v", "range", "range", "Begin a range here; again: mark it.", 0, "v"),
    Key("files.invert", "asterisk", "invert", "invert", "Mark what is not marked, unmark what is.", 0, "*"),
    Key("files.mark_by", "plus", "ask('mark')", "mark by pattern", "Mark names by a pattern.", 0, "+"),
    Key("files.unmark_by", "minus", "ask('unmark')", "unmark by pattern", "Unmark by a pattern.", 0, "-"),
    Key("files.find", "slash", "ask('find')", "find", "Find a name as you type.", 0, "/"),
    Key("files.find_next", "n", "find_next(1)", "next", "The next name with the same text.", 0, "n"),
    Key("files.find_previous", "N", "find_next(-1)", "previous", "The previous name with the same text.", 0, "N"),
    Key("files.filter", "f", "ask('filter')", "filter", "Show only the names that contain a text.", 0, "f"),
    Key("files.sort", "s", "sort", "sort", "Sort by name, size, date or type.", 0, "s"),
    Key("files.information", "i", "information", "information", "What is known of it, and its first lines.", 0, "i"),
    Key("files.size", "equals_sign", "size", "size", "Count what is in this folder.", 0, "="),
    Key("files.go", "o", "ask('go')", "go to", "Go to a path; Tab completes it.", 0, "o"),
    Key("files.bookmarks", "apostrophe", "ask('bookmarks')", "bookmarks", "Go to a folder of your bookmarks.", 0, "'"),
    Key("files.bookmark", "m", "ask('bookmark')", "bookmark", "Keep this folder as a bookmark, or drop it.", 0, "m"),
    Key("files.hidden", "full_stop", "hidden", "hidden", "Show or hide hidden files.", 0, "."),
    Key("files.parent", "backspace", "parent", "parent", "Make the parent folder the root.", 0, "Backspace"),
    Key("files.home", "tilde", "home", "home", "Make the home folder the root.", 0, "~"),
)

QUEUE = (
    Key("queue.detail", "enter", "detail", "details", "Show all that is known of this object.", 10, "Enter"),
    Key("queue.retry", "r", "retry", "retry", "Retry this object, the group, or what is ticked.", 15, "r"),
    Key(
        "queue.cancel", "x,delete", "cancel", "cancel", "Cancel what waits or is sent; else take the row away.", 16, "x"
    ),
    Key(
        "queue.tick",
        "space",
        "tick",
        "tick",
        "Tick for r, x, P and t, and move on; on a group: all of it.",
        18,
        "Space",
    ),
    Key("queue.filter", "f", "filter", "filter", "Show one state only: failed, waiting, done...", 21, "f"),
    Key("queue.group", "s", "group", "group", "Group by stage, by code, by folder, or in order.", 22, "s"),
    Key("queue.find", "slash", "find", "find", "Find in the keys.", 0, "/"),
    Key("queue.next", "n", "again(1)", "next", "The next row with what was looked for.", 0, "n"),
    Key("queue.previous", "N", "again(-1)", "previous", "The row before with what was looked for.", 0, "N"),
    Key("queue.top", "t", "first", "to the top", "Upload these next, before all others.", 0, "t"),
    Key("queue.up", "K", "earlier(-1)", "earlier", "Upload this one earlier.", 0, "K"),
    Key("queue.down", "J", "earlier(1)", "later", "Upload this one later.", 0, "J"),
    Key("queue.hold", "P", "hold_back", "pause row", "Pause this object alone, or let it go on.", 0, "P"),
    Key("queue.edit", "e", "edit", "edit key", "Edit the key of what waits or failed.", 0, "e"),
    Key("queue.clear", "c", "clear", "clear done", "Take rows away that are done, never failed ones.", 0, "c"),
    Key("queue.copy", "y", "copy", "copy", "Copy link, file ID, key, path or error.", 24, "y"),
    Key("queue.links", "Y", "copy_links", "copy links", "Copy the links of all that is done.", 0, "Y"),
    Key("queue.qr", "Q", "qr", "QR", "Show the link as a QR code for a phone.", 0, "Q"),
)

LOG = (
    Key("log.follow", "F", "follow", "follow", "Follow the newest line, or stop following.", 10, "F"),
    Key("log.go", "enter", "go", "to object", "Go to the object of the lowest line in view.", 11, "Enter"),
    Key("log.wrap", "w", "wrap", "wrap", "Wrap long lines, or cut them.", 12, "w"),
    Key("log.level", "f", "level", "level", "All lines, warnings and failures, or failures alone.", 13, "f"),
    Key("log.one", "o", "one", "one object", "Only the lines of this object, or all again.", 14, "o"),
    Key("log.find", "slash", "find", "find", "Find in the log.", 15, "/"),
    Key("log.next", "n", "again(1)", "next", "The next older line with what was looked for.", 0, "n"),
    Key("log.previous", "N", "again(-1)", "previous", "The next newer line with what was looked for.", 0, "N"),
    Key("log.export", "X", "export", "export", "Write the lines to a file that you name.", 16, "X"),
)


SHEET = (
    Key("sheet.back", "escape,q", "back", "back", "Close this page.", 85, "Esc"),
    Key("sheet.help", "question_mark,f1", "keys", "help", "Show the keys of this page.", 90, "?"),
    Key("sheet.down", "j,down", "page_cursor(1)", "scroll", "Scroll a line down.", 70, "j"),
    Key("sheet.up", "k,up", "page_cursor(-1)", "up", "Scroll a line up.", 0, "k"),
    Key("sheet.top", "g,home", "page_end(0)", "top", "To the first line.", 0, "g"),
    Key("sheet.bottom", "G,end", "page_end(-1)", "bottom", "To the last line.", 0, "G"),
    Key("sheet.page_down", "pagedown,ctrl+d,space", "page_page(1)", "page down", "A page down.", 0, "PgDn"),
    Key("sheet.page_up", "pageup,ctrl+u", "page_page(-1)", "page up", "A page up.", 0, "PgUp"),
)

PLAN = (
    Key("plan.start", "enter,u", "start", "start", "Put the plan into the queue and start.", 10, "Enter"),
    Key("plan.filter", "f", "filter", "show", "Show other lines: all, or one verdict.", 86, "f"),
    Key("plan.exclude", "x,delete", "exclude", "leave out", "Leave this line out, or take it in again.", 88, "x"),
    Key("plan.rename", "e", "rename", "edit key", "Another key for this line.", 89, "e"),
    Key("plan.undo", "U", "undo", "undo", "Take back what was last left out, taken in or renamed.", 0, "U"),
    Key("plan.check", "c", "check", "check", "Ask for permission for all, sending no data.", 87, "c"),
    Key("plan.prefix", "p", "prefix", "prefix", "Another prefix for all keys.", 90, "p"),
    Key("plan.template", "t", "template", "template", "Another key template, as push --key has it.", 0, "t"),
    Key("plan.policy", "w", "policy", "overwrite?", "What happens to an object that is there already.", 91, "w"),
    Key("plan.copy", "y", "copy", "copy command", "The same as a push command, for the clipboard.", 92, "y"),
)

DETAIL = (
    Key("detail.retry", "r", "retry", "retry", "Retry this object.", 15, "r"),
    Key("detail.cancel", "x,delete", "cancel", "cancel", "Cancel this object.", 16, "x"),
    Key("detail.copy", "y", "close_with('everything')", "copy all", "Copy all of this page.", 17, "y"),
    Key("detail.file", "o", "close_with('file')", "file", "Go to the file in the tree.", 18, "o"),
    Key("detail.log", "l", "close_with('log')", "log", "Go to the log lines of this object.", 19, "l"),
    Key("detail.edit", "e", "close_with('edit')", "edit key", "Give this object another key.", 20, "e"),
)

LEAVING = (
    Key(
        "leave.keep",
        "enter,k",
        "answer('keep')",
        "keep uploading",
        "Leave; the uploads go on in the background.",
        9,
        "Enter",
    ),
    Key("leave.finish", "f", "answer('finish')", "finish", "Finish what is being sent, then leave.", 10, "f"),
    Key("leave.stop", "s", "answer('stop')", "stop", "Stop everything and leave.", 11, "s"),
    Key("leave.stay", "escape", "answer('')", "stay", "Stay here.", 12, "Esc"),
)

LEFT = (
    Key("left.resume", "enter,r", "answer('resume')", "resume", "Go on with what it left.", 9, "Enter"),
    Key("left.look", "l", "answer('look')", "look", "Show what it left.", 10, "l"),
    Key("left.discard", "d", "answer('discard')", "discard", "Forget the job; no file is touched.", 11, "d"),
    Key("left.later", "escape", "answer('')", "later", "Leave it as it is.", 12, "Esc"),
)

CONFIRM = (
    Key("confirm.yes", "y", "answer('yes')", "yes", "Do it.", 10, "y"),
    Key("confirm.no", "n,escape", "answer('')", "no", "Leave it.", 11, "n"),
)

PLACES = (Key("places.go", "enter,l", "go", "go there", "Make this folder the root.", 10, "Enter"),)

PROMPT = (
    Key("prompt.take", "enter", "submit", "go on", "Take this text.", 10, "Enter"),
    Key("prompt.complete", "tab", "complete", "complete", "Complete what is typed.", 20, "Tab"),
    Key("prompt.back", "escape", "back", "back", "Close without an answer.", 85, "Esc"),
)

PALETTE = (
    Key("palette.down", "down,ctrl+n", "move(1)", "down", "The next command.", 0, "Down"),
    Key("palette.up", "up,ctrl+p", "move(-1)", "up", "The command before.", 0, "Up"),
    Key("palette.run", "enter", "run", "run", "Run the chosen command.", 10, "Enter"),
    Key("palette.back", "escape", "back", "back", "Close the list.", 85, "Esc"),
)

JOBS = (
    Key("jobs.objects", "enter,l", "objects", "objects", "Show what became of each object of this job.", 10, "Enter"),
    Key("jobs.resume", "r", "resume", "resume", "Go on with what this job left.", 11, "r"),
    Key("jobs.open", "a", "open", "attach", "Open the screen on this job: nothing starts by that.", 12, "a"),
    Key("jobs.stop", "s", "stop", "stop", "Stop this job, now or after what is being sent.", 13, "s"),
    Key("jobs.again", "A", "again('all')", "again", "Upload the selection of this job again, as a new job.", 14, "A"),
    Key("jobs.failed", "F", "again('failed')", "failed again", "Upload again what failed in this job.", 15, "F"),
    Key("jobs.changed", "C", "again('changed')", "what changed", "Upload what is new or changed since.", 16, "C"),
    Key("jobs.report", "E", "report", "report", "Write the report of this job to a file.", 17, "E"),
    Key("jobs.discard", "d,delete", "discard", "discard", "Forget this job; the cloud keeps what it has.", 18, "d"),
    Key("jobs.down", "j,down", "move(1)", "next", "The next job.", 70, "j"),
    Key("jobs.up", "k,up", "move(-1)", "up", "The job before.", 0, "k"),
    Key("jobs.top", "g,home", "end(0)", "newest", "To the newest job.", 0, "g"),
    Key("jobs.bottom", "G,end", "end(-1)", "oldest", "To the oldest job.", 0, "G"),
    Key("jobs.page_down", "pagedown,ctrl+d,space", "page(1)", "page down", "A page down.", 0, "PgDn"),
    Key("jobs.page_up", "pageup,ctrl+u,B", "page(-1)", "page up", "A page up.", 0, "PgUp"),
    Key("jobs.help", "question_mark,f1", "help", "help", "Show the keys of this page.", 90, "?"),
    Key("jobs.back", "escape,q,H", "back", "back", "Close this page.", 85, "Esc"),
)

OBJECTS = (
    Key("objects.show", "f", "show", "show", "Show all objects, or only those that failed, wait, are done...", 10, "f"),
    Key("objects.find", "slash", "find", "find", "Show only the objects whose keys hold a text.", 11, "/"),
)

PREFERENCES = (
    Key("preferences.down", "j,down", "move(1)", "next", "The next row.", 20, "j"),
    Key("preferences.up", "k,up", "move(-1)", "up", "The row before.", 0, "k"),
    Key("preferences.more", "l,right,enter,space", "change(1)", "change", "The next value, kept at once.", 10, "l"),
    Key("preferences.less", "h,left", "change(-1)", "back", "The value before.", 11, "h"),
    Key("preferences.back", "escape,q", "back", "close", "Close this page.", 85, "Esc"),
)

CREDENTIALS = (
    Key("credentials.down", "tab,down", "move(1)", "next", "The next field.", 20, "Tab"),
    Key("credentials.up", "shift+tab,up", "move(-1)", "up", "The field before.", 0, "Up"),
    Key("credentials.enter", "enter", "enter", "go on", "In a field: the next. On a button: press it.", 10, "Enter"),
    Key("credentials.back", "escape", "back", "close", "Close this page; nothing is changed.", 85, "Esc"),
)

PROFILES = (
    Key("profiles.down", "j,down", "move(1)", "next", "The next row.", 20, "j"),
    Key("profiles.up", "k,up", "move(-1)", "up", "The row before.", 0, "k"),
    Key("profiles.take", "enter,l", "take", "go there", "Open this environment.", 10, "Enter"),
    Key("profiles.back", "escape,q", "back", "close", "Close this page.", 85, "Esc"),
)

FIRST_RUN = tuple(key for key in EVERYWHERE if key.id == "app.interrupt")

APP = tuple(key for key in EVERYWHERE if key.id in ("app.interrupt", "app.redraw"))
SCREEN = tuple(key for key in EVERYWHERE if key not in APP)
