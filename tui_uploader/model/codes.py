"""The catalogue of codes: what each means, whether a retry helps, and what to check. Data, no logic.

Sources: the service's own codes and statuses as public documentation names them; ours as FAULTS lists them.
The table in the README and the texts of `report` are generated from this module.
"""

from enum import Enum

from tui_uploader.model.value import value


class RetryClass(Enum):
    """When to try again without being asked. The value is the number of further tries (None: the run's own)."""

    NEVER = 0  # a person decides
    BACKOFF = -1  # the run's number of further tries, with growing random pauses
    ONCE = 1
    TWICE = 2
    FRESH = -2  # once more with fresh upload info
    UNKNOWN = -3  # outcome unknown: the same key is sent again, at most five tries in all

    @property
    def helps(self) -> bool:
        """Whether trying again can help at all."""
        return self is not RetryClass.NEVER


class Scope(Enum):
    """Whose trouble a code is: one object's, possibly everybody's, or certainly everybody's."""

    OBJECT = "object"
    MAYBE = "maybe"  # a refusal that pauses the run after 20 different objects in a row
    NETWORK = "network"  # pauses the run after 5 different objects in a row
    SLOW = "slow"  # one object's, and a sign to send less at once
    ALL = "all"  # pauses the run at once


@value
class CodeInfo:
    """One row: `label` fits beside the code in a narrow row; `meaning` and `check` make up a sentence."""

    code: str
    retry: RetryClass
    label: str
    meaning: str
    check: str
    scope: Scope = Scope.OBJECT

    @property
    def helps(self) -> bool:
        """Whether trying again can help without anybody doing anything first; it never says other than `check`."""
        return self.retry.helps and "will not help" not in self.check


_N, _B, _1, _2, _F, _V = (
    RetryClass.NEVER,
    RetryClass.BACKOFF,
    RetryClass.ONCE,
    RetryClass.TWICE,
    RetryClass.FRESH,
    RetryClass.UNKNOWN,
)
_OBJ, _MAYBE, _NET, _SLOW, _ALL = Scope.OBJECT, Scope.MAYBE, Scope.NETWORK, Scope.SLOW, Scope.ALL

_TOKEN = "paste a fresh token of this environment, whole, and start again"
_WAIT = "wait a little, then press R"
_SUPPORT = "press R; if it lasts, give the request ID to support"
_RULE = "ask for a storage rule that lets this identity write under this prefix; a retry alone will not help"
_ENV = "check the environment ID, the region and --intl"
_CONSOLE = "look at the environment in the console"
_RENAME = "rename the file or set another key; a retry alone will not help"
_BUG = "a retry will not help: report it with the request ID"

ROWS: tuple[CodeInfo, ...] = (
    # --- the gateway: identity and environment
    CodeInfo("MISSING_CREDENTIALS", _N, "no token sent", "the gateway saw no credentials", _TOKEN, _ALL),
    CodeInfo("INVALID_CREDENTIALS", _N, "token refused", "the gateway does not accept this token", _TOKEN, _ALL),
    CodeInfo("INVALID_ACCESS_TOKEN", _N, "token refused", "the gateway does not accept this token", _TOKEN, _ALL),
    CodeInfo("ACCESS_TOKEN_INVALID", _N, "token refused", "the gateway does not accept this token", _TOKEN, _ALL),
    CodeInfo("ACCESS_TOKEN_KID_INVALID", _N, "old token", "the token was signed with a key that is gone", _TOKEN, _ALL),
    CodeInfo("AUTHENTICATION_FAILED", _N, "not signed in", "the gateway could not tell who asks", _TOKEN, _ALL),
    CodeInfo("ACCESS_TOKEN_EXPIRED", _N, "token expired", "the access token is over", _TOKEN, _ALL),
    CodeInfo("CHECK_LOGIN_FAILED", _N, "not signed in", "the sign-in is over", "sign in again", _ALL),
    CodeInfo("ACTION_FORBIDDEN", _N, "not allowed", "this identity may not call the upload action", "check its role and the login method in the console", _ALL),
    CodeInfo("INVALID_HOST", _N, "wrong address", "the gateway does not know this address", _ENV, _ALL),
    CodeInfo("INVALID_ENV", _N, "wrong environment", "there is no such environment here", _ENV, _ALL),
    CodeInfo("INVALID_ENV_ID", _N, "wrong environment", "there is no such environment here", _ENV, _ALL),
    CodeInfo("INVALID_ENV_STATUS", _N, "not ready", "the environment is not in service", _CONSOLE, _ALL),
    CodeInfo("ENV_ABNORMAL", _N, "not ready", "the environment is not in service", _CONSOLE, _ALL),
    CodeInfo("RESOURCE_NOT_INITIAL", _N, "not set up", "the environment's storage is not set up", _CONSOLE, _ALL),
    CodeInfo("ENV_SUSPENDED", _N, "environment suspended", "the environment is suspended", "pay or renew it in the console", _ALL),
    CodeInfo("ENV_ISOLATED", _N, "environment isolated", "the environment is isolated", "pay or renew it in the console", _ALL),
    CodeInfo("SERVICE_CHARGE_OVERDUE", _N, "bill overdue", "the account's bill is overdue", "pay it in the console", _ALL),
    CodeInfo("SERVICE_FORBIDDEN", _N, "service switched off", "the gateway's policy or the service is switched off", _CONSOLE, _ALL),
    CodeInfo("EXCEED_REQUEST_LIMIT", _N, "package used up", "the request package of this period is used up", "upgrade it or wait for the next period", _ALL),
    CodeInfo("EXCEED_RATELIMIT", _B, "too many requests", "the gateway asks for fewer requests a second", _WAIT, _SLOW),
    CodeInfo("EXCEED_CONCURRENT_REQUEST_LIMIT", _B, "busy", "the gateway asks for fewer requests at once", _WAIT, _SLOW),
    CodeInfo("EXCEED_REQUEST_SIZE_LIMIT", _1, "too large", "the gateway finds the request too large", "use a smaller --batch"),
    CodeInfo("OBJECT_BATCH_TOO_LARGE", _1, "batch too large", "the gateway takes fewer objects in one call", "use a smaller --batch"),
    # --- signing in
    CodeInfo("invalid_username_or_password", _N, "refused", "the user name or the password is wrong", "check both and sign in again", _ALL),
    CodeInfo("invalid_password", _N, "sign-in refused", "the password is wrong", "sign in again", _ALL),
    CodeInfo("user_not_found", _N, "no such user", "there is no such user in this environment", "check the user name and the environment ID", _ALL),
    CodeInfo("user_blocked", _N, "user blocked", "the user is blocked", "ask an administrator to unblock it in the console", _ALL),
    CodeInfo("user_pending", _N, "user not active", "the user is not active yet", "ask an administrator to activate it in the console", _ALL),
    CodeInfo("password_not_set", _N, "no password", "the user has no password", "set one in the console, or use an API key", _ALL),
    CodeInfo("login_method_disabled", _N, "method is off", "signing in with a password is switched off here", "switch it on in the console, or use an API key", _ALL),
    CodeInfo("provider_not_enabled", _N, "method is off", "this way of signing in is switched off here", "switch it on in the console, or use an API key", _ALL),
    CodeInfo("captcha_required", _N, "captcha", "the service wants a captcha, which no terminal can show", "wait some minutes, sign in once in a browser, or use an API key", _ALL),
    CodeInfo("captcha_invalid", _N, "captcha", "the service wants a captcha, which no terminal can show", "wait some minutes, sign in once in a browser, or use an API key", _ALL),
    CodeInfo("resource_exhausted", _B, "too many sign-ins", "too many sign-ins in a short time", "wait some minutes, then sign in again", _ALL),
    CodeInfo("invalid_grant", _N, "sign-in is over", "the sign-in is over", "sign in again", _ALL),
    CodeInfo("unauthenticated", _N, "sign-in is over", "the sign-in is over", "sign in again", _ALL),
    CodeInfo("INVALID_REFRESH_TOKEN", _N, "sign-in is over", "the sign-in is over", "sign in again", _ALL),
    CodeInfo("REFRESH_TOKEN_EXPIRED", _N, "sign-in is over", "the sign-in is over", "sign in again", _ALL),
    CodeInfo("REFRESH_TOKEN_EXHAUSTED", _N, "elsewhere", "the same user has signed in elsewhere, which ended this sign-in", "sign in again; the console sets how many sign-ins a user may have", _ALL),
    # --- the gateway: one object
    CodeInfo("STORAGE_EXCEED_AUTHORITY", _N, "rule denies", "a storage permission or security rule denies this key", _RULE, _MAYBE),
    CodeInfo("ACCESS_DENIED", _N, "access denied", "the gateway's policy denies this", _RULE, _MAYBE),
    CodeInfo("EXCEED_AUTHORITY", _N, "rule denies", "the identity's rights do not reach this", _RULE, _MAYBE),
    CodeInfo("PERMISSION_DENIED", _N, "permission denied", "the identity's rights do not reach this", _RULE, _MAYBE),
    CodeInfo("COS_ACTION_FAILED", _2, "backend refused", "the storage behind the gateway refused", _SUPPORT),
    CodeInfo("OBJECT_NOT_EXIST", _N, "no such object", "there is no such object", "check the key"),
    CodeInfo("OBJECT_ALREADY_EXIST", _N, "object exists", "an object of this key exists", "choose another key or --if-exists overwrite"),
    CodeInfo("STORAGE_NOT_EXIST", _N, "no storage here", "this environment has no classic cloud storage", "check the environment ID: a PostgreSQL environment needs another API", _ALL),
    CodeInfo("STORAGE_BUCKET_NOT_FOUND", _N, "no bucket", "this environment has no classic bucket", "check the environment ID: a PostgreSQL environment needs another API", _ALL),
    CodeInfo("STORAGE_PERMISSION_DENIED", _N, "rule denies", "the storage's rules deny this key", _RULE, _MAYBE),
    CodeInfo("STORAGE_CONTENT_LENGTH_REQUIRED", _N, "length", "the storage wants a signed length", _BUG),
    CodeInfo("INVALID_PARAM", _N, "request refused", "the gateway refuses this key or one of its headers", _RENAME),
    CodeInfo("INVALID_COMMON_PARAM", _N, "request refused", "the gateway refuses a common parameter", _ENV),
    CodeInfo("INVALID_REQUEST_SOURCE", _N, "source refused", "the gateway refuses requests from here", _CONSOLE),
    CodeInfo("INVALID_PATH", _N, "key refused", "the gateway refuses this key", _RENAME),
    CodeInfo("SERVER_TIMEOUT", _B, "gateway timed out", "the gateway's backend took too long", _WAIT),
    CodeInfo("SYS_ERR", _B, "gateway error", "the gateway had an error of its own", _SUPPORT),
    # --- the bucket (COS)
    CodeInfo("AccessDenied", _F, "no permission here", "the bucket denies this object", "check the rule and the clock; a retry alone will not help", _MAYBE),
    CodeInfo("ExpiredToken", _F, "upload info expired", "the temporary key was over", "press R: fresh upload info is asked for"),
    CodeInfo("InvalidAccessKeyId", _F, "key unknown", "the bucket does not know the temporary key", _SUPPORT, _MAYBE),
    CodeInfo("SignatureDoesNotMatch", _F, "not as signed", "what arrived is not what was signed", "is there a proxy that changes requests? Press R once", _MAYBE),
    CodeInfo("RequestTimeTooSkewed", _F, "clock is wrong", "this server's clock is too far off", "set the clock (timedatectl), then press R", _MAYBE),
    CodeInfo("AccessForbidden", _N, "access forbidden", "the bucket forbids this", _RULE, _MAYBE),
    CodeInfo("BadDigest", _1, "damaged on the way", "the bucket received other bytes than were sent", "press R; if it lasts, check the network path"),
    CodeInfo("InvalidDigest", _N, "bad digest header", "the bucket refuses the digest header", _BUG),
    CodeInfo("EntitySizeNotMatch", _B, "size differs", "the bucket received another size than was announced", "is the file still being written? Press R"),
    CodeInfo("IncompleteBody", _B, "body incomplete", "the bucket received only a part", "press R"),
    CodeInfo("EntityTooLarge", _N, "over the limit", "the object is over the limit of one PUT", "split the file; a retry will not help"),
    CodeInfo("MissingContentLength", _N, "length missing", "the bucket saw no length", "is there a proxy that changes requests?"),
    CodeInfo("InvalidArgument", _N, "argument refused", "the bucket refuses a header's value", "check --header; a retry alone will not help"),
    CodeInfo("InvalidRequest", _N, "request refused", "the bucket refuses the request", _BUG),
    CodeInfo("BadRequest", _N, "request refused", "the bucket refuses the request", _BUG),
    CodeInfo("KeyTooLong", _N, "key too long", "the bucket finds the key too long", _RENAME),
    CodeInfo("InvalidObjectName", _N, "key refused", "the bucket refuses this key", _RENAME),
    CodeInfo("InvalidURI", _N, "key refused", "the bucket refuses this key", _RENAME),
    CodeInfo("NoSuchBucket", _N, "bucket is gone", "the environment's bucket is gone", _CONSOLE, _MAYBE),
    CodeInfo("MethodNotAllowed", _N, "PUT not allowed", "the host does not take PUT", "is there a proxy in between?", _MAYBE),
    CodeInfo("NoSuchKey", _2, "not kept", "the bucket confirmed the object and does not have it", _SUPPORT),
    CodeInfo("PathConflict", _N, "path conflict", "the key collides with another object's path", _RENAME),
    CodeInfo("QuotaConflict", _N, "quota conflict", "a storage quota stands against it", _CONSOLE, _MAYBE),
    CodeInfo("BucketLocked", _N, "bucket locked", "the bucket is locked", _CONSOLE, _MAYBE),
    CodeInfo("ObjectLocked", _N, "object locked", "the object is under retention", "choose another key"),
    CodeInfo("UploadConflict", _2, "written by another", "somebody else writes the same key", "press R"),
    CodeInfo("FileAlreadyExists", _N, "object exists", "an object of this key exists", "choose another key or --if-exists overwrite"),
    CodeInfo("PreconditionFailed", _N, "condition not met", "a condition of the request was not met", _BUG),
    CodeInfo("RequestTimeout", _B, "bucket waited too long", "the bucket did not receive data in time", "use fewer parallel uploads (<), then press R", _SLOW),
    CodeInfo("UserNetworkTooSlow", _B, "network too slow", "the bucket finds the network too slow", "use fewer parallel uploads (<), then press R", _SLOW),
    CodeInfo("PaymentRequired", _N, "bill overdue", "the account's bill is overdue", "pay it in the console", _ALL),
    CodeInfo("UnavailableForLegalReasons", _N, "blocked", "the bucket is blocked for legal reasons", _CONSOLE, _MAYBE),
    CodeInfo("InternalError", _B, "service error", "the bucket had an error of its own", _SUPPORT),
    CodeInfo("ServiceUnavailable", _B, "service down", "the bucket is not available", _WAIT, _SLOW),
    CodeInfo("SlowDown", _B, "slowed by the service", "the bucket asks for fewer requests", _WAIT, _SLOW),
    # --- the network and what answers there (ours)
    CodeInfo("NET_REFUSED", _2, "server refused", "the server refused the connection", "check the address and the firewall", _NET),
    CodeInfo("NET_CONNECT_TIMEOUT", _2, "no connection", "no connection came about", "check the network and the firewall", _NET),
    CodeInfo("NET_DNS", _2, "name not found", "the host's name is not known", "check the environment ID and the resolver", _NET),
    CodeInfo("NET_DNS_TEMP", _2, "name service down", "the name service did not answer", "check the resolver", _NET),
    CodeInfo("NET_UNREACHABLE", _2, "network unreachable", "there is no way to the host", "check the network", _NET),
    CodeInfo("NET_RESET", _B, "connection reset", "the connection was reset", "press R"),
    CodeInfo("NET_CLOSED", _B, "connection closed", "the connection was closed before the answer", "press R"),
    CodeInfo("NET_STALLED", _B, "nothing moved", "nothing moved for the time allowed", "check the network, then press R"),
    CodeInfo("NO_ANSWER", _V, "no answer", "everything was sent but no whole answer came", "press R: sending the same key again is safe"),
    CodeInfo("BAD_ANSWER", _2, "answer unreadable", "the answer makes no sense", "is there a proxy in between? Press R"),
    CodeInfo("REDIRECT", _N, "redirect refused", "the answer points to another place, which is never followed", "check the address; is there a portal or proxy?", _MAYBE),
    CodeInfo("NOT_COS", _2, "answer is not from COS", "the answer does not come from the bucket", "is there a portal or proxy? Open the network, then press R", _NET),
    CodeInfo("UNVERIFIED", _1, "no digest in the answer", "the bucket named neither digest, so nothing proves the object", "press R"),
    CodeInfo("CHECKSUM", _2, "damaged on the way", "the stored object differs from the file; the object in the cloud is bad", "press R; if it lasts, check the network path"),
    CodeInfo("TLS_CERT", _N, "certificate refused", "the certificate is not to be trusted", "use --ca-file for a private authority; there is no switch to ignore it", _ALL),
    CodeInfo("INSECURE_URL", _N, "link not https", "the service named a link without encryption", "nothing was sent; report it with the request ID", _ALL),
    CodeInfo("FOREIGN_URL", _N, "link of a stranger", "the service named a link that is not this bucket's or not this key's", "nothing was sent; report it with the request ID", _ALL),
    CodeInfo("UPLOAD_INFO_EXPIRED", _F, "permit expired", "the permission was over before the upload began", "press R: fresh upload info is asked for"),
    CodeInfo("NO_UPLOAD_INFO", _1, "no upload info", "the gateway's answer left this object out", "press R"),
    CodeInfo("PROXY_DOWN", _2, "proxy not reached", "the proxy cannot be reached", "check HTTPS_PROXY", _NET),
    CodeInfo("PROXY_AUTH", _N, "proxy wants a password", "the proxy wants a name and password", "check HTTPS_PROXY", _ALL),
    # --- the file (ours)
    CodeInfo("SOURCE_CHANGED", _2, "changed while sent", "the file changed while it was sent", "upload it when nobody writes to it any more, then press R"),
    CodeInfo("SOURCE_REPLACED", _1, "replaced while sent", "another file took its name while it was sent", "press R"),
    CodeInfo("NOT_A_FILE", _N, "not a file", "this is no regular file", "a retry will not help: leave it out"),
    CodeInfo("SIZE_UNKNOWN", _N, "size unknown", "the file says it is empty but has content", "copy it to a real file first"),
    CodeInfo("LINK_BROKEN", _N, "link leads nowhere", "the link leads nowhere or in a circle", "mend or leave out the link"),
    CodeInfo("LINK_OUTSIDE", _N, "link leaves the tree", "the link leads out of the chosen folder", "mark it by itself to upload what it points to"),
    CodeInfo("KEY_INVALID", _N, "not a valid key", "this name cannot be made a key", _RENAME),
    CodeInfo("KEY_CLASH", _N, "key taken", "another file of this job has the same key", "rename one of the two or upload it with another prefix"),
    CodeInfo("KEY_TOO_LONG", _N, "key too long", "the key is over 850 bytes", "use a shorter prefix or name"),
    CodeInfo("NAME_CONTROL", _N, "control character in name", "the name has a control character", "rename it, or use --names escape"),
    CodeInfo("NAME_NOT_UTF8", _N, "name is not UTF-8", "the name is not valid UTF-8", "rename it, or use --names escape"),
    CodeInfo("TOO_LARGE", _N, "over 5.0 GB", "the file is over the 5.0 GB limit of one PUT", "split the file; a retry will not help"),
    CodeInfo("EACCES", _N, "permission denied", "this user may not read it", "change its mode or run as its owner, then press R"),
    CodeInfo("EPERM", _N, "not permitted", "the system does not permit reading it", "run as its owner, then press R"),
    CodeInfo("ENOENT", _N, "gone", "it is not there any more", "a retry helps only when it comes back"),
    CodeInfo("ENOTDIR", _N, "gone", "a folder of its path is not there any more", "a retry helps only when it comes back"),
    CodeInfo("EIO", _N, "disk error", "the disk could not be read", "check the disk; then press R"),
    CodeInfo("ESTALE", _1, "file system changed", "the network file system forgot the file", "press R"),
    CodeInfo("ENAMETOOLONG", _N, "name too long", "the path is longer than the system takes", _RENAME),
    CodeInfo("ELOOP", _N, "link loop", "its links lead in a circle", "mend or leave out the link"),
    CodeInfo("SOURCE_STALLED", _N, "file system silent", "the file system did not answer in time", "check the mount; then press R"),
    CodeInfo("DIR_GONE", _N, "folder is gone", "the folder is not there any more", "go on in its parent"),
    CodeInfo("DIR_STALLED", _N, "no answer in time", "the folder's file system did not answer in time", "check the mount, then open the folder again"),
    # --- this machine and its journal (ours)
    CodeInfo("LOCAL_LIMIT", _2, "out of handles or memory", "this process is out of file handles or memory", "raise the limit (ulimit -n) or use fewer parallel uploads", _NET),
    CodeInfo("JOURNAL_BROKEN", _N, "journal's disk fails", "the disk of the state folder takes nothing", "see dmesg, or name another folder by --state-dir or TUI_UPLOADER_STATE_DIR; the run goes on by itself when it writes again", _ALL),
    CodeInfo("JOURNAL_FULL", _N, "no room for the journal", "the disk of the state folder is full", "free some space there; the run goes on by itself", _ALL),
    CodeInfo("NO_STATE", _N, "not recorded", "no folder for the journal can be used, so this run lives in memory alone", "name a folder of your own that can be written by --state-dir or TUI_UPLOADER_STATE_DIR", _ALL),
    CodeInfo("JOURNAL_VERSION", _N, "newer journal", "a newer version wrote this journal", "use that version; the journal was moved aside", _ALL),
    CodeInfo("JOURNAL_DAMAGED", _N, "journal damaged", "the journal cannot be read", "it was moved aside; add the files again", _ALL),
    CodeInfo("WORKER_LOST", _N, "worker ended", "the process that uploads ended unasked", "start it again: what is done is not sent again", _ALL),
    CodeInfo("NEEDS_TOKEN", _N, "no access token", "the uploads have no access token, so nothing starts; the queue is kept", "give one (A), or start again with --token-file", _ALL),
    CodeInfo("INTERNAL", _N, "internal error", "the uploader met an error of its own", "report it with the line in the log"),
)  # fmt: skip

CATALOGUE: dict[str, CodeInfo] = {row.code: row for row in ROWS}
