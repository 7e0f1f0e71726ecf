import pytest

from viewer.text.masks import masked_headers, masked_url


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "COOKIE",
        "set-cookie",
        "X-Api-Key",
        "api-key",
        "x-goog-api-key",
        "X-Amz-Security-Token",
        "Ocp-Apim-Subscription-Key",
        "X-Functions-Key",
        "Helicone-Auth",
        "cf-aig-authorization",
        "X-Portkey-Api-Key",
        "OpenAI-Organization",
    ],
)
def test_the_value_of_a_secret_header_is_masked(name):
    assert masked_headers({name: "secret", "Accept": "*/*"}) == {name: "•••", "Accept": "*/*"}


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://a.example/v1?alt=sse&key=AIza123", "https://a.example/v1?alt=sse&key=•••"),
        ("https://a.example/?API_KEY=x&b=%20y#z", "https://a.example/?API_KEY=•••&b=%20y#z"),
        ("https://user:pass@a.example/", "https://•••@a.example/"),
        ("https://a.example/?monkey=1&tokens=2", "https://a.example/?monkey=1&tokens=2"),
        (
            "https://a.example/?client_secret=x&X-Goog-Signature=y&%6bey=z&accessToken=w&n=1",
            "https://a.example/?client_secret=•••&X-Goog-Signature=•••&%6bey=•••&accessToken=•••&n=1",
        ),
        ("not a url [", "not a url ["),
        ("", ""),
    ],
)
def test_only_the_secrets_in_a_url_are_masked(url, masked):
    assert masked_url(url) == masked


@pytest.mark.parametrize(
    "name", ["Accept", "X-RateLimit-Remaining-Tokens", "openai-processing-ms", "Content-Type", "x-request-id"]
)
def test_a_header_without_a_secret_is_not_masked(name):
    assert masked_headers({name: "12"}) == {name: "12"}
