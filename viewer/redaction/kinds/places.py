"""Secrets of any service that are recognised by where they stand: in a PEM block, a header, a URL or a connection string."""

from viewer.redaction.kinds.kind import SecretKind

# Bounded, so that a long text without digits is not read again for each header in it.
_MIXED = r"(?=[A-Za-z._~+/=-]{0,200}+[0-9])"
_PARAMETERS = (
    "X-Amz-Signature=",
    "X-Amz-Credential=",
    "X-Amz-Security-Token=",
    "X-Goog-Signature=",
    "X-Goog-Credential=",
    "sig=",
    "access_token=",
    "refresh_token=",
    "id_token=",
    "client_secret=",
    "api_key=",
    "apikey=",
    "api-key=",
    "password=",
)
_KEY_HEADERS = (
    "x-api-key",
    "api-key",
    "apikey",
    "x-goog-api-key",
    "x-auth-token",
    "xi-api-key",
    "x-subscription-token",
    "x-figma-token",
    "x-vault-token",
    "x-functions-key",
    "x-rapidapi-key",
    "x-shopify-access-token",
    "ocp-apim-subscription-key",
    "private-token",
    "job-token",
    "circle-token",
    "dd-api-key",
    "dd-application-key",
)
_DATABASES = (
    *("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "cockroachdb"),
    *("mysql", "mysql+pymysql", "mariadb", "mssql", "sqlserver", "oracle", "clickhouse", "snowflake", "couchbase"),
    *("mongodb", "mongodb+srv", "redis", "rediss", "neo4j", "bolt", "amqp", "amqps", "nats"),
    *("ftp", "sftp", "smtp", "smtps", "ldap"),
)
_URI = "https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1"
_BEARER = "https://datatracker.ietf.org/doc/html/rfc6750"
# A port, a name that a program fills in, or a word that explains what a URL consists of.
_NOT_FILLED_IN = r"(?![0-9]{1,5}[/?#]|\$?\{|\$\(|%\(|(?i:pass|passw|passwd|password|pwd|x+|\*+|\.+)@)"
_ODBC = "https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-strings"

KINDS = (
    SecretKind(
        "private-key",
        "TLS, SSH and PGP",
        "-----BEGIN PRIVATE KEY-----",
        "https://datatracker.ietf.org/doc/html/rfc7468",
        # A form writes a space as a plus.
        anchors=("-----BEGIN ", "-----BEGIN+"),
        expression=(
            r"-----BEGIN[ +][A-Z0-9 +]{0,30}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----(?=(?:(?!-----)[^\0]){0,2000}?[A-Za-z0-9+/]{12})"
            r"(?:(?!-----(?:END|BEGIN)[ +])[^\0]){0,20000}-----END[ +][A-Z0-9 +]{0,30}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----"
            # A truncated key.
            r"|-----BEGIN[ +][A-Z0-9 +]{0,30}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----(?:\s|\\[nr]|[A-Za-z0-9+/=]){16,}"
        ),
    ),
    SecretKind(
        "putty-key",
        "PuTTY",
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
        anchors=("PuTTY-User-Key-File-",),
        expression=(
            r"PuTTY-User-Key-File-[0-9]:(?:(?!PuTTY-User-Key-File-|Private-MAC:)[^\0]){0,20000}"
            r"(?:Private-MAC:[ ]?[0-9a-f]{20,})?"
        ),
    ),
    SecretKind(
        "jwt",
        "JSON Web Token",
        "eyJ<url:20-2000>.eyJ<url:20+>.<url:43+>",
        "https://datatracker.ietf.org/doc/html/rfc7519",
        anchors=("eyJ",),
        expression=(
            r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,2000}+\."
            r"(?:eyJ[A-Za-z0-9_-]{4,}+(?:\.[A-Za-z0-9_-]*+)?"
            # An encrypted token has five parts.
            r"|[A-Za-z0-9_-]{0,1000}+\.[A-Za-z0-9_-]{8,64}+\.[A-Za-z0-9_-]{4,}+\.[A-Za-z0-9_-]{16,64}+)"
        ),
    ),
    SecretKind(
        "aws-secret-key",
        "AWS",
        "aws_secret_access_key=<base64:40>",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        anchors=("aws_secret_access_key", "SecretAccessKey"),
        expression=r"[A-Za-z_]{15,60}[\"'\\]{0,4}\s{0,3}[:=]\s{0,3}[\"'\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        ignore_case=True,
    ),
    SecretKind(
        "aws-signature",
        "AWS Signature Version 4",
        "Signature=<hex:64>",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html",
        anchors=("Signature=",),
        expression=r"Signature=([0-9a-f]{64})(?![0-9A-Za-z])",
    ),
    SecretKind(
        "azure-account-key",
        "Azure",
        "AccountKey=<base64:86>==",
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
        anchors=("AccountKey=", "SharedAccessKey=", "AccessKey="),
        expression=r"[A-Za-z]{6,15}Key=([A-Za-z0-9+/]{40,}={0,2})",
    ),
    SecretKind(
        "bearer-token",
        "any service",
        "Bearer <alnum:32>",
        _BEARER,
        anchors=("bearer ",),
        expression=rf"(?i:bearer) {{1,3}}{_MIXED}([A-Za-z0-9._~+/=-]{{16,}})",
        ignore_case=True,
    ),
    SecretKind(
        "basic-credentials",
        "any service",
        "Basic dXNlcjpwYXNzd29yZDE=",
        "https://datatracker.ietf.org/doc/html/rfc7617",
        anchors=("Basic ", "basic "),
        expression=r"(?i:basic) (?=[A-Za-z+/]{0,200}+[0-9]|[A-Za-z0-9+/]{0,200}+=)([A-Za-z0-9+/]{8,}={0,2})",
    ),
    SecretKind(
        "key-header",
        "any service",
        "x-api-key: <alnum:32>",
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers",
        anchors=_KEY_HEADERS,
        expression=rf"[A-Za-z-]{{3,40}}[\"'\\]{{0,4}}\s{{0,3}}:\s{{0,3}}[\"'\\]{{0,4}}{_MIXED}([A-Za-z0-9._~+/=-]{{16,}})",
        ignore_case=True,
    ),
    SecretKind(
        "url-credentials",
        "any service",
        "https://user:<alnum:12>@example.com",
        _URI,
        anchors=("://",),
        expression=rf"://[^\s/?#@:\"'<>\\\0]{{0,100}}:{_NOT_FILLED_IN}([^\s/\"'<>\\\0•]{{3,200}})@(?=[A-Za-z0-9\[])",
    ),
    # A password that was not percent-encoded may hold a slash.
    SecretKind(
        "url-credentials",
        "databases and mail",
        "postgres://user:<alnum:12>@example.com/db",
        _URI,
        anchors=tuple(f"{scheme}://" for scheme in _DATABASES),
        expression=rf"[a-z0-9+]+://[^\s/?#@:\"'<>\\\0]{{0,100}}:{_NOT_FILLED_IN}([^\s\"'<>\\\0•]{{3,200}})@(?=[A-Za-z0-9\[])",
    ),
    SecretKind(
        "url-parameter",
        "any service",
        "?access_token=<alnum:32>",
        "https://datatracker.ietf.org/doc/html/rfc6750#section-2.3",
        anchors=_PARAMETERS,
        expression=r"(?<=[?&;])[A-Za-z_-]+=(?!\$?\{)([^\s&#\"'<>\\\0•]{8,})",
        ignore_case=True,
    ),
    SecretKind(
        "connection-string-password",
        "ODBC, ADO.NET, JDBC",
        "Server=db;Uid=sa;Pwd=<alnum:12>;",
        _ODBC,
        anchors=("pwd=", "pwd =", "password=", "password ="),
        expression=r"(?<=;)(?i:pwd|password) ?= ?(\{[^}\0\r\n]{3,100}\}|[^;\"'\s\0•{$<]{3,128})(?=;|[\"'\s]|$)",
        ignore_case=True,
    ),
)
