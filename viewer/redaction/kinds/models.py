"""Keys of services for language models, speech, images, search and agents."""

from viewer.redaction.kinds.kind import GITLEAKS, KINGFISHER, TRUFFLEHOG, SecretKind

KINDS = (
    SecretKind("anthropic-key", "Anthropic", "sk-ant-<url:16+>", "https://docs.anthropic.com/en/api/overview"),
    SecretKind(
        "openrouter-key", "OpenRouter", "sk-or-<url:16+>", "https://openrouter.ai/docs/api-reference/authentication"
    ),
    SecretKind(
        "openai-key",
        "OpenAI",
        "sk-{proj,svcacct,admin,None,service}-<url:16+>",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    SecretKind("langfuse-key", "Langfuse", "sk-lf-<uuid>", "https://langfuse.com/docs/get-started"),
    SecretKind(
        "helicone-key", "Helicone", "sk-helicone-<url:20+>", "https://docs.helicone.ai/helicone-headers/helicone-auth"
    ),
    # Used by many services. Names of CSS classes and files begin like this too, but have few digits; so do kinds of SSH keys.
    SecretKind(
        "sk-key",
        "OpenAI, DeepSeek, Moonshot, DashScope, Stability, LiteLLM, Braintrust and others",
        "sk-<alnum:48+>",
        "https://api-docs.deepseek.com/",
        anchors=("sk-",),
        expression=r"(?<![A-Za-z0-9])sk-(?!ecdsa-|ssh-)(?:(?=(?:[A-Za-z_-]{0,60}+[0-9]){3})[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})",
    ),
    SecretKind(
        "openai-ephemeral-key", "OpenAI Realtime", "ek_<alnum:20+>", "https://platform.openai.com/docs/guides/realtime"
    ),
    SecretKind("openai-session", "OpenAI", "sess-<alnum:40>", TRUFFLEHOG, is_common=True),
    SecretKind("groq-key", "Groq", "gsk_<alnum:20+>", "https://console.groq.com/docs/quickstart"),
    SecretKind("xai-key", "xAI", "xai-<alnum:20+> or xai-token-<alnum:20+>", "https://docs.x.ai/docs/tutorial"),
    SecretKind("google-key", "Google", "AIza<url:30+>", "https://cloud.google.com/docs/authentication/api-keys"),
    SecretKind(
        "google-bound-key",
        "Google Gemini and Vertex AI",
        "AQ.<url:35+>",
        "https://cloud.google.com/docs/authentication/api-keys",
        is_common=True,
    ),
    SecretKind(
        "hugging-face-token", "Hugging Face", "hf_<alnum:20+>", "https://huggingface.co/docs/hub/security-tokens"
    ),
    SecretKind("hugging-face-organization-token", "Hugging Face", "api_org_<alnum:20+>", GITLEAKS),
    SecretKind("replicate-token", "Replicate", "r8_<alnum:20+>", "https://replicate.com/docs/reference/http"),
    SecretKind(
        "perplexity-key", "Perplexity", "pplx-<alnum:20+>", "https://docs.perplexity.ai/getting-started/quickstart"
    ),
    SecretKind("cerebras-key", "Cerebras", "csk-<alnum:20+>", "https://inference-docs.cerebras.ai/quickstart"),
    SecretKind(
        "fireworks-key", "Fireworks AI", "fw_<alnum:20+>", "https://docs.fireworks.ai/getting-started/quickstart"
    ),
    SecretKind("together-key", "Together AI", "tgp_v1_<url:20+>", "https://docs.together.ai/docs/quickstart"),
    SecretKind("nvidia-key", "NVIDIA", "nvapi-<url:20+>", "https://docs.api.nvidia.com/nim/docs/api-quickstart"),
    SecretKind(
        "tavily-key", "Tavily", "tvly-{dev-,prod-,}<url:20+>", "https://docs.tavily.com/documentation/quickstart"
    ),
    SecretKind(
        "langsmith-key",
        "LangSmith",
        "lsv2_{pt,sk}_<word:20+> or ls__<hex:32>",
        "https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key",
    ),
    SecretKind(
        "elevenlabs-key", "ElevenLabs", "sk_<hex:48>", "https://elevenlabs.io/docs/api-reference/authentication"
    ),
    SecretKind("cartesia-key", "Cartesia", "sk_car_<alnum:20+>", "https://docs.cartesia.ai/get-started/overview"),
    SecretKind("e2b-key", "E2B", "{e2b,sk_e2b}_<hex:32+>", "https://e2b.dev/docs/api-key"),
    SecretKind(
        "sk-underscore-key", "Novita AI, WorkOS and others", "sk_<alnum:32+>", "https://novita.ai/docs", digits=3
    ),
    SecretKind(
        "voyage-key",
        "Voyage AI",
        "{pa,al}-<url:43>",
        "https://docs.voyageai.com/docs/api-key-and-installation",
        is_common=True,
    ),
    SecretKind("jina-key", "Jina AI", "jina_<url:40+>", "https://jina.ai/api-dashboard/"),
    SecretKind("firecrawl-key", "Firecrawl", "fc-<hex:32>", "https://docs.firecrawl.dev/introduction"),
    SecretKind(
        "brave-search-key", "Brave Search", "BSA<url:24-32>", "https://api-dashboard.search.brave.com/", is_common=True
    ),
    SecretKind(
        "browserbase-key",
        "Browserbase",
        "bb_{live,test}_<url:20+>",
        "https://docs.browserbase.com/reference/introduction",
    ),
    SecretKind("composio-key", "Composio", "{ak,uak,ck,oak}_<url:20>", KINGFISHER, is_common=True, digits=1),
    SecretKind(
        "apify-token", "Apify", "apify_{api,proxy}_<alnum:30+>", "https://docs.apify.com/platform/integrations/api"
    ),
    SecretKind("mem0-key", "Mem0", "m0-<alnum:36+>", "https://docs.mem0.ai/platform/quickstart", is_common=True),
    SecretKind("llama-cloud-key", "LlamaCloud", "llx-<alnum:20+>", "https://docs.cloud.llamaindex.ai/api_key"),
    SecretKind(
        "modal-token",
        "Modal",
        "{ak,as}-<alnum:22>",
        "https://modal.com/docs/reference/cli/token",
        is_common=True,
        digits=1,
    ),
    SecretKind("runpod-key", "RunPod", "rp{a,s}_<alnum:30+>", "https://docs.runpod.io/get-started/api-keys"),
    SecretKind("anyscale-key", "Anyscale", "esecret_<alnum:20+> or aph0_<url:20+>", TRUFFLEHOG),
    SecretKind(
        "friendli-token", "Friendli", "flp_<alnum:20+>", "https://friendli.ai/docs/guides/personal_access_tokens"
    ),
    SecretKind(
        "lambda-key", "Lambda", "secret_<word:20-60>.<alnum:32+>", "https://docs.lambda.ai/public-cloud/cloud-api/"
    ),
    SecretKind("pinecone-key", "Pinecone", "pcsk_<word:40+>", "https://docs.pinecone.io/reference/api/authentication"),
    SecretKind(
        "chroma-key", "Chroma", "ck-<alnum:40+>", "https://docs.trychroma.com/cloud/getting-started", is_common=True
    ),
    SecretKind(
        "vectara-key",
        "Vectara",
        "z{ut,qt,wt}_<url:30+>",
        "https://docs.vectara.com/docs/learn/authentication/api-key-management",
    ),
    SecretKind(
        "weights-and-biases-key",
        "Weights & Biases",
        "wandb_v1_<url:40+>",
        "https://docs.wandb.ai/models/track/public-api-guide",
    ),
    SecretKind("cursor-key", "Cursor", "{key,crsr}_<hex:64>", "https://docs.cursor.com/account/teams/admin-api"),
    SecretKind("devin-key", "Devin", "apk_user_<url:40+>", "https://docs.devin.ai/api-reference/overview"),
    SecretKind(
        "copilot-session",
        "GitHub Copilot",
        "tid=<hex:32>;<url:20+>",
        "https://docs.github.com/en/copilot",
        anchors=("tid=",),
        expression=r"tid=[0-9a-f]{32};[A-Za-z0-9_.:;=/+%-]{20,}",
    ),
    SecretKind("daytona-key", "Daytona", "dtn_<hex:64>", "https://www.daytona.io/docs/en/api-keys/"),
    SecretKind("humanloop-key", "Humanloop", "hl_sk_<alnum:30+>", "https://humanloop.com/docs/reference"),
    SecretKind("promptlayer-key", "PromptLayer", "pl_<hex:32>", "https://docs.promptlayer.com/"),
    SecretKind("nomic-key", "Nomic", "nk-<url:43>", "https://docs.nomic.ai/", is_common=True),
    SecretKind("mixedbread-key", "Mixedbread", "emb_<hex:40>", "https://www.mixedbread.com/docs"),
    SecretKind("chutes-key", "Chutes", "cpk_<hex:32>.<hex:32>.<alnum:32>", "https://chutes.ai/docs"),
    SecretKind("featherless-key", "Featherless", "rc_<hex:64>", "https://featherless.ai/docs"),
    SecretKind("glhf-key", "GLHF and Synthetic", "{glhf,syn}_<hex:32>", "https://glhf.chat/"),
    SecretKind(
        "logfire-token",
        "Pydantic Logfire",
        "pylf_v<digit:1>_<lower:2-8>_<alnum:30+>",
        "https://logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/",
    ),
    SecretKind(
        "deepinfra-scoped-token", "DeepInfra", "jwt:eyJ<url:20+>.<url:20+>.<url:20+>", "https://deepinfra.com/docs"
    ),
    SecretKind("requesty-key", "Requesty", "rqsty-sk-<url:20+>", "https://docs.requesty.ai/"),
)
