"""What the variables of SDKs hold while a program is recorded."""

import anthropic
import openai
import pytest

from viewer.recorder.sdk_variables import VARIABLES, plan_variables
from viewer.recorder.upstreams import find_upstream

ADDRESS = "http://127.0.0.1:4567"


def reached(environ, given, name, path):
    """The address that a request reaches, of an SDK that appends a path to what a variable holds."""
    plan = plan_variables(environ, given)
    url = plan.environment(environ, ADDRESS)[name] + path
    assert url.startswith(ADDRESS)
    return find_upstream(plan.upstreams, url.removeprefix(ADDRESS))[1]


@pytest.mark.parametrize("variable", [one for one in VARIABLES if one.default])
def test_without_a_value_each_variable_reaches_what_its_sdk_would(variable):
    assert reached({}, {}, variable.name, "/x/y?z") == f"{variable.default}/x/y?z"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OPENAI_BASE_URL", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/x"),
        ("OPENAI_BASE_URL", "http://localhost:1234", "http://localhost:1234/x"),
        ("OPENAI_BASE_URL", "https://me:word@host/v1/", "https://me:word@host/v1/x"),
        ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com/", "https://r.openai.azure.com/x"),
        ("OLLAMA_HOST", "0.0.0.0", "http://127.0.0.1:11434/x"),  # noqa: S104 - where nothing listens
        ("OLLAMA_HOST", ":8080", "http://127.0.0.1:8080/x"),
        ("OLLAMA_HOST", "host:8080/path", "http://host:8080/path/x"),
        ("OLLAMA_HOST", "[::]:8080", "http://[::1]:8080/x"),
        ("OLLAMA_HOST", "https://ollama.com", "https://ollama.com/x"),
    ],
)
def test_what_a_variable_held_is_the_upstream(name, value, expected):
    assert reached({name: value}, {}, name, "/x") == expected


def test_two_variables_of_one_sdk_may_hold_two_addresses():
    environ = {"OPENAI_BASE_URL": "https://a/v1", "OPENAI_API_BASE": "https://b/v1"}
    assert reached(environ, {}, "OPENAI_BASE_URL", "/x") == "https://a/v1/x"
    assert reached(environ, {}, "OPENAI_API_BASE", "/x") == "https://b/v1/x"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"openai": "https://b"}, "https://b/v1/x"),
        ({"openai": "https://b/api/v2"}, "https://b/api/v2/x"),
        ({"": "https://api.openai.com"}, "https://api.openai.com/v1/x"),
    ],
)
def test_an_upstream_that_the_user_names_comes_first(given, expected):
    assert reached({"OPENAI_BASE_URL": "https://a/v1"}, given, "OPENAI_BASE_URL", "/x") == expected


def test_an_upstream_of_no_sdk_is_reached_below_its_name():
    plan = plan_variables({}, {"mine": "https://h/a"})
    assert find_upstream(plan.upstreams, "/mine/b") == ("mine", "https://h/a/b")


@pytest.mark.parametrize("url", ["https://h", "http://127.0.0.1:9999"])
def test_an_upstream_without_a_name_must_be_that_of_an_sdk(url):
    with pytest.raises(ValueError, match=f"--upstream openai={url}"):
        plan_variables({}, {"": url})


def test_what_depends_on_an_account_is_left_out():
    plan = plan_variables({}, {})
    assert not {"AZURE_OPENAI_ENDPOINT", "GOOGLE_VERTEX_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"} & set(plan.paths)
    assert "AZURE_OPENAI_ENDPOINT" not in plan.environment({}, ADDRESS)


def test_bedrock_stays_as_it_is_because_its_clients_cannot_use_a_recorder():
    """A signature covers the host: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html."""
    environ = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://a", "AWS_BEARER_TOKEN_BEDROCK": "key"}
    assert environ.items() <= plan_variables(environ, {}).environment(environ, ADDRESS).items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("OPENAI_BASE_URL", value)
            for value in ("unix:/tmp/x", "http://", "https://[::1", "http://h:x", "http://h:99999")
        ),
        *(("OLLAMA_HOST", value) for value in (":abc", "0.0.0.0:99999", "::1", "[::1")),
    ],
)
def test_what_is_not_an_address_stays(name, value):
    plan = plan_variables({name: value}, {})
    assert plan.left == [name]
    assert plan.environment({name: value}, ADDRESS)[name] == value


def test_requests_to_the_recorder_do_not_go_to_another_proxy():
    environ = {"HTTPS_PROXY": "http://p", "http_proxy": "http://p", "NO_PROXY": "a,b"}
    changed = plan_variables(environ, {}).environment(environ, ADDRESS)
    assert (changed["NO_PROXY"], changed["no_proxy"]) == ("a,b,127.0.0.1", "127.0.0.1")
    assert "NO_PROXY" not in plan_variables({}, {}).environment({}, ADDRESS)


def test_the_sdks_read_these_variables(monkeypatch):
    for name, value in plan_variables({}, {}).environment({}, ADDRESS).items():
        monkeypatch.setenv(name, value)
    assert str(openai.OpenAI(api_key="k").base_url) == f"{ADDRESS}/openai/v1/"
    assert str(anthropic.Anthropic(api_key="k").base_url).rstrip("/") == f"{ADDRESS}/anthropic"
