"""Values under telling names in plain text: which are found, which stay, and that they are redacted in every place."""

import json
import random
import string
import time

import pytest

import viewer
from viewer.redaction import redact
from viewer.redaction.finder import SecretFinder
from viewer.redaction.told.values import find_told_values

PASSWORD = "hunter2" + "sekret"
TOKEN = "".join(random.Random("told").choices(string.ascii_letters + string.digits, k=32))  # noqa: S311 - not a real secret
HEX = "".join(random.Random("told").choices(string.hexdigits[:16], k=32))  # noqa: S311 - not a real secret
FINDER = SecretFinder((), (find_told_values,))

SETTINGS = [
    "DB_PASSWORD={p}",
    'HOST=a\nexport API_KEY="{p}"\nPORT=1',
    "set FOO_TOKEN={p}",
    "ENV SECRET_KEY {p}",
    "$env:API_KEY = '{p}'",
    'Environment="DB_PASSWORD={p}"',
    "api_key: {p}",
    "password: >-\n  {p}\nuser: bob",
    "spring.datasource.password={p}",
    "[db]\npassword = {p}",
    "env:\n  - name: API_KEY\n    value: {p}",
    "//registry.example/:_authToken={t}",
    "requirepass {p}",
    'variable "db_password" {{\n  default = "{p}"\n}}',
    "kind: Secret\ndata:\n  anything: {t}",
    "service.datadog.app.key={t}",
    "PHPSESSID={t}",
    "session_id: {h}",
    "pw: {p}",
    "password: 'it''s {p}'",
    'a,"{{""password"": ""{p}""}}"',
]
CODE = [
    'client = OpenAI(api_key="{p}")',
    "new Client({{apiKey: '{p}'}})",
    'os.environ["OPENAI_API_KEY"] = "{p}"',
    'api_key: str = "{p}"',
    'const key = process.env.API_KEY || "{p}";',
    ':password => "{p}"',
    'password := "{p}"',
    'const string ApiKey = "{p}";',
    "define('DB_PASSWORD', '{p}');",
    'req.Header.Set("X-Api-Key", "{p}")',
    'auth=("bob", "{p}")',
    "CREATE USER bob WITH PASSWORD '{p}';",
    "{{'user': 'bob', 'password': '{p}'}}",
    "<config><password>{p}</password></config>",
    '<add key="ApiKey" value="{p}"/>',
    '<input type="hidden" name="api_key" value="{p}">',
    "<key>password</key>\n<string>{p}</string>",
    '{{"user": "bob", "password": "{p}',
    "mistral_key = {t}",
    'let api_key: &str = "{p}";',
    'password := []byte("{p}")',
    'smtp.login("bob", "{p}")',
    "headers = {{'X-Auth': 'Bearer ' + '{t}'}}",
    '<entry key="password">{p}</entry>',
    "Password: <b>{p}</b>",
    'GITHUB_TOKEN = "{t}"',
]
COMMANDS = [
    "tool --password {p} --user x",
    "tool --api-key={p}",
    "mysql -uroot -p{p} db",
    "curl -u user:{p} https://a.example",
    "curl -sS \\\n  --user 'user:{p}' https://a.example",
    "curl -H 'Authorization: Bearer {t}' https://a.example",
    'curl -H "X-Api-Key: {p}" https://a.example',
    "curl -b 'session={p}' https://a.example",
    "sshpass -p {p} ssh host",
    "PGPASSWORD={p} psql -h host",
    "docker login -u me -p {p} registry.example",
    "aws configure set aws_secret_access_key {t}",
    "http -a bob:{p} a.example",
    "echo 'bob:{p}' | chpasswd",
    "machine a.example login bob password {p}",
    "db.example:5432:main:bob:{p}",
    "openssl enc -k {p} -in a",
    'gh secret set API_KEY --body "{p}"',
    "echo {p} | docker login --password-stdin",
    "net user bob {p} /add",
    "keytool -storepass {p}",
]
HEADERS = [
    "Authorization: Basic {t}",
    "Authorization: Bearer\r\n  {t}",
    "> GET / HTTP/2\n> authorization: Token {t}\n>",
    'Authorization: Digest realm="x", response="{t}"',
    'Authorization: OAuth realm="x", oauth_signature="{t}"',
    "< set-cookie: sid={p}; Path=/; Max-Age=3600",
    "Cookie: theme=dark; session={p}",
    "X-Api-Key:\n  {p}",
]
CONNECTIONS = [
    "Server=db;Uid=sa;Pwd={p};Database=x",
    "Driver=x;PWD={{{p}}};",
    "jdbc:mysql://db/x?user=bob&password={p}&ssl=true",
    "AccountName=x;AccountKey={t}==;EndpointSuffix=core",
    "postgres://user:{p}@host/db",
    "redis://:{p}@host:6379/0",
    "mongodb+srv://bob:{p}@cluster0.example/?retryWrites=true",
    "https://a.example/cb#access_token={t}&x=1",
    "https://a.example/v1?key={t}",
    "https://{t}@git.example/a/b.git",
]
PROSE = [
    "The password is: {p}",
    "My password is {p}, please log in.",
    "The password is `{p}`.",
    "API key: {t}",
    "the Cloudflare API key {t}",
    "Passwort: {p}",
    "密码：{p}",
    "**Password:** {p}",
    "| Password | {p} |",
]
WORD_LIKE = [
    ("DB_PASSWORD=swordfish", "swordfish"),
    ("A=1\nDB_PASSWORD=correct horse battery staple\nB=2", "correct horse battery staple"),
    ('password: "swordfish"', "swordfish"),
    ("password = 'correct horse battery staple'", "correct horse battery staple"),
    ("Data Source=db;Password=swordfish;Pooling=true", "swordfish"),
    ("postgres://user:p@ss/w#rd@host/db", "p@ss/w#rd"),
    ("amqp://guest:Tr0ub4dor&3@mq:5672/vhost", "Tr0ub4dor&3"),
    ("PIN: 4821", "4821"),
    *(
        (form.format(value), value)
        for value in ("swordfish", "LiMmAVUCqQ", "904417238855")
        for form in (
            "[db]\npassword = {}\nport = 1",
            "db:\n  port: 1\n  password: {}",
            "-  user: a\n+  password: {}",
            'level=info msg="a" password={} port=1',
            "user=bob, password={}, port=1",
            "tool --password {} --region eu",
            "curl -H 'X-Password: {}' https://a.example",
            "> X-Password: {}\r\n> Accept: */*",
            "| password | {} |",
            "https://a.example/?password={}&page=2",
            "\x1b[32mPASSWORD\x1b[0m=\x1b[1;33m{}\x1b[0m",
            "\\033[32mPASSWORD\\033[0m=\\033[33m{}\\033[0m",
        )
    ),
]
ORDINARY = [
    "the password is horse",
    "password: required",
    "token: the token to use",
    "Authorization: Bearer authentication",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN",
    "API_KEY=<your key>",
    "API_KEY=YOUR_API_KEY",
    "API_KEY=sk-...",
    "API_KEY=${{ secrets.API_KEY }}",
    "DB_PASSWORD=$DB_PASSWORD",
    'api_key = os.getenv("API_KEY")',
    "apiKey: process.env.API_KEY,",
    "api_key=api_key, password=password",
    "password = get_password(user1)",
    "self.token = config.token2",
    "api_key: Optional[str] = None",
    "token: string;",
    'password = f"{password}"',
    '"password": {"type": "string"}',
    '{"password": "The password of the user"}',
    'PASSWORD_KEY = "password"',
    "max_tokens=4096, prompt_tokens: 12345678",
    '{"token": " hello", "logprob": -0.25}',
    "next_page_token = 'CAUQAA1234567890abcdef'",
    "cache_key: 3f2a9c1b7d8e4f60a1b2c3d4e5f60718",
    "password_hash = bcrypt12",
    'fetch(url, {credentials: "same-origin"})',
    "secret: /run/secrets/db_password",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:MySecret1-a1b2c3",
    "http://localhost:3000/@vite/client",
    "main.py:1234:5:error:unexpected",
    "pk = hashlib.sha256(key).hexdigest()",
    "Cookie: theme=dark",
    "API_KEY=••••••••••",
    '__all__ = [\n    "OAuth1Auth",\n    "AsyncOAuth1Client",\n    "s3v4-auth",\n    "s3v4-presign-2",\n]',
    "skip_auth:\n    use_sigv4 = False",
    "type A = {\n  password: LoginForm\n  user: User\n}",
    "connect(\n    host=host,\n    password=entered,\n)",
    "let password=entered\n",
    "the --password option is new",
    "docker build --secret id=npm,src=x .",
    "| password | string | The password |",
    "session_id: 3f2a9c1b-7d8e-4f60-a1b2-c3d4e5f60718",
    "session_id=01JABCDEFGHJKMNPQRSTVWXYZ0",
    "id-token: write\ncontents: read",
    "passwd: files systemd\ngroup: files",
    "DB_PASSWORD=changeme",
]


def found(text):
    return [span.value for span in FINDER.find(text)]


@pytest.mark.parametrize("form", SETTINGS + CODE + COMMANDS + HEADERS + CONNECTIONS + PROSE)
def test_the_value_under_a_telling_name_is_found(form):
    value = PASSWORD if "{p}" in form else TOKEN
    value = HEX if "{h}" in form else value
    text = form.format(p=PASSWORD, t=TOKEN, h=HEX)
    assert [one.rstrip("=").removeprefix("it''s ") for one in found(text)] == [value]


@pytest.mark.parametrize(("text", "value"), WORD_LIKE)
def test_a_password_of_words_is_found_where_only_a_value_can_stand(text, value):
    assert found(text) == [value]


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_stands_in_the_place_of_a_secret_is_not_found(text):
    assert found(text) == []


@pytest.mark.parametrize("escape", [lambda text: json.dumps(json.dumps(text)), lambda text: text.replace("=", "%3D")])
def test_an_escaped_value_is_found(escape):
    assert found(escape(f'{{"a": "API_KEY={TOKEN}"}}')) == [TOKEN]


def chat(pieces, wrap):
    deltas = [{"choices": [{"index": 0, "delta": wrap(piece)}]} for piece in pieces]
    stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    body = "".join(f"data: {json.dumps({'object': 'chat.completion.chunk', **one})}\n\n" for one in [*deltas, stop])
    return viewer.load(body.encode(), "answer.sse")


def content(piece):
    return {"content": piece}


def arguments(piece):
    return {
        "tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "sh", "arguments": piece}}]
    }


@pytest.mark.parametrize("wrap", [content, arguments])
@pytest.mark.parametrize("form", ["DB_PASSWORD={p}\n", 'run(api_key="{p}")', "curl -u bob:{p} x"])
def test_a_value_split_anywhere_over_chunks_is_redacted(form, wrap):
    text = form.format(p=PASSWORD)
    if wrap is arguments:
        text = json.dumps({"command": text})
    for place in range(1, len(text), 5):
        redacted, findings = redact(chat([text[:place], text[place:]], wrap))
        said = "".join(redacted.streams[0].chunks.text)
        assert [finding.rule for finding in findings] == ["told-value"]
        assert "•" * len(PASSWORD) in said
        assert findings[0].preview == "•••"


def test_messages_and_tool_results_of_a_request_are_redacted():
    messages = [
        {"role": "user", "content": f"my password is {PASSWORD}1, log in"},
        {"role": "tool", "tool_call_id": "c", "content": f"$ cat .env\nDB_PASSWORD={PASSWORD}2\n"},
    ]
    entry = {"request": {"method": "POST", "url": "https://a.example/", "postData": {"mimeType": "application/json"}}}
    entry["request"]["postData"]["text"] = json.dumps({"model": "m", "messages": messages})
    entry["response"] = {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": "{}"}}
    har = json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [entry]}})
    redacted, findings = redact(viewer.load(har.encode(), "a.har"))
    assert PASSWORD.encode() not in redacted.interactions[0].request.body
    assert len(findings) == 2


@pytest.mark.parametrize(
    "piece",
    ["password=", "password= ", 'password="', "=", "curl -u ", "://a:b@", "cookie: a=b;", "authorization: Digest a=b "],
)
def test_hostile_text_takes_linear_time(piece):
    begin = time.process_time()
    list(find_told_values(piece * (100_000 // len(piece))))
    list(find_told_values("password" + piece + "a1B" * 100_000))
    assert time.process_time() - begin < 2
