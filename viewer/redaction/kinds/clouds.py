"""Keys of clouds, hosting, databases, infrastructure and monitoring."""

from viewer.redaction.kinds.kind import GITHUB, GITLEAKS, TRUFFLEHOG, SecretKind
from viewer.redaction.kinds.randomness import has_base62_checksum, has_hex_checksum

_AZURE_KEYS = "https://learn.microsoft.com/en-us/purview/sit-defn-all-creds"
_NEW_RELIC = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"

KINDS = (
    # Amazon, Google, Microsoft
    SecretKind(
        "aws-key-id",
        "AWS",
        "{AKIA,ASIA,ABIA,ACCA}<upper:16> or A3T<upper:17>",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    SecretKind(
        "aws-session-token",
        "AWS",
        "{IQoJb3JpZ2lu,FwoGZXIvYXdz,FQoGZXIvYXdz}<base64:80+>",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html",
    ),
    SecretKind(
        "bedrock-key",
        "Amazon Bedrock",
        "ABSK<base64:60+> or bedrock-api-key-<base64:40+>",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
    ),
    SecretKind("amazon-mws-token", "Amazon MWS", "amzn.mws.<uuid>", TRUFFLEHOG),
    SecretKind(
        "amazon-login-secret",
        "Login with Amazon",
        "amzn1.oa2-cs.v1.<hex:64> or Atz{a,r}|<url:40+>",
        "https://developer.amazon.com/docs/login-with-amazon/access-token.html",
    ),
    SecretKind(
        "google-oauth",
        "Google",
        "ya29.<url:20+> or GOCSPX-<url:20+>",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    SecretKind(
        "google-refresh-token",
        "Google",
        "1//0<url:35+>",
        "https://developers.google.com/identity/protocols/oauth2",
        is_common=True,
    ),
    SecretKind(
        "google-authorization-code",
        "Google",
        "4/0A<url:30+>",
        "https://developers.google.com/identity/protocols/oauth2",
        is_common=True,
    ),
    SecretKind("azure-client-secret", "Microsoft Entra ID", "<tilde:3><digit:1>Q~<tilde:31-34>", GITLEAKS),
    SecretKind(
        "azure-storage-key",
        "Azure Storage, Batch, Cosmos DB",
        "<base64:76>{+ASt,+ABa,+AMC,ACDb,APIM}<base64:5-6>==",
        _AZURE_KEYS,
    ),
    SecretKind(
        "azure-shared-key",
        "Azure Service Bus, Event Hubs, IoT, Relay",
        "<base64:33>{+ASb,+AEh,+ARm,AIoT}<base64:5-6>=",
        _AZURE_KEYS,
    ),
    SecretKind(
        "azure-service-key",
        "Azure AI Search, Container Registry, Functions",
        "<alnum:42>{AzSe,+ACR}<alnum:6> or <url:44>AzFu<url:6>",
        _AZURE_KEYS,
    ),
    SecretKind(
        "azure-openai-key", "Azure OpenAI and other Azure AI services", "<alnum:52>JQQJ99<alnum:26>", _AZURE_KEYS
    ),
    SecretKind(
        "azure-devops-token",
        "Azure DevOps",
        "<alnum:76>AZDO<alnum:4>",
        "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
    ),
    # Other clouds and hosting
    SecretKind(
        "alibaba-key-id",
        "Alibaba Cloud",
        "LTAI<alnum:12-24>",
        "https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair",
        digits=1,
    ),
    SecretKind(
        "tencent-key-id",
        "Tencent Cloud",
        "AKID<alnum:28-48>",
        "https://www.tencentcloud.com/document/product/598/32675",
        digits=1,
    ),
    SecretKind(
        "yandex-key",
        "Yandex Cloud",
        "AQVN<url:35+> or t1.<url:20-4000>.<url:80-90>",
        "https://yandex.cloud/en/docs/iam/concepts/authorization/",
        digits=1,
    ),
    SecretKind(
        "yandex-oauth-token",
        "Yandex",
        "y{0,1,2,3}_<url:55-60>",
        "https://yandex.cloud/en/docs/iam/concepts/authorization/oauth-token",
        is_common=True,
    ),
    SecretKind("yandex-key-id", "Yandex Cloud", "YC{A,B,M,N,O,P}<url:37> or YCAJ<url:21>", GITLEAKS, is_common=True),
    SecretKind(
        "cloudflare-origin-key",
        "Cloudflare",
        "v1.0-<hex:24>-<hex:146>",
        "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/",
    ),
    SecretKind(
        "cloudflare-token",
        "Cloudflare",
        "cf{k,ut,at}_<alnum:40+>",
        "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/",
    ),
    SecretKind(
        "digitalocean-token",
        "DigitalOcean",
        "do{p,o,r}_v1_<hex:40+>",
        "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    ),
    SecretKind("digitalocean-spaces-key-id", "DigitalOcean Spaces", "DO00<upper:16>", GITHUB, digits=1),
    SecretKind("heroku-key", "Heroku", "HRKU-<url:36+>", "https://devcenter.heroku.com/articles/oauth"),
    SecretKind(
        "fly-token",
        "Fly.io",
        "fo1_<url:43> or fm1{a,r}_<base64:50+> or fm2_<base64:50+>",
        "https://fly.io/docs/security/tokens/",
    ),
    SecretKind(
        "fly-token-header",
        "Fly.io",
        "FlyV1 <base64:50+>",
        "https://fly.io/docs/security/tokens/",
        anchors=("FlyV1 ",),
        expression=r"FlyV1 ([A-Za-z0-9+/_,=]{40,})",
    ),
    SecretKind("render-key", "Render", "rnd_<alnum:28+>", "https://render.com/docs/api"),
    SecretKind(
        "vercel-token",
        "Vercel",
        "vc{p,i,a,r,k}_<url:40+>",
        "https://vercel.com/changelog/new-token-formats-and-secret-scanning",
        checksum=has_base62_checksum,
    ),
    SecretKind("netlify-token", "Netlify", "nf{p,c,o,b,u}_<alnum:30+>", "https://docs.netlify.com/api/get-started/"),
    SecretKind(
        "scaleway-key-id", "Scaleway", "SCW<upper:17>", "https://www.scaleway.com/en/docs/iam/concepts/", digits=1
    ),
    SecretKind("scalingo-token", "Scalingo", "tk-<lower:2-4>-<url:40+>", GITLEAKS),
    SecretKind(
        "tailscale-key",
        "Tailscale",
        "tskey-{api,auth,client,scim,webhook}-<url:20+>",
        "https://tailscale.com/kb/1277/key-prefixes",
    ),
    SecretKind(
        "akamai-token", "Akamai", "akab-<lower:16>-<lower:16>", "https://techdocs.akamai.com/developer/docs/edgegrid"
    ),
    # Secrets and infrastructure
    SecretKind(
        "1password-service-token",
        "1Password",
        "ops_eyJ<base64:100+>",
        "https://developer.1password.com/docs/service-accounts/",
    ),
    SecretKind(
        "1password-secret-key",
        "1Password",
        "A3-<upper:6>-<upper:6>-<upper:5>-<upper:5>-<upper:5>-<upper:5> or A3-<upper:6>-<upper:11>-<upper:5>-<upper:5>-<upper:5>",
        "https://support.1password.com/secret-key-security/",
    ),
    SecretKind(
        "age-secret-key",
        "age",
        "AGE-SECRET-KEY-{1,PQ-1}<alnum:50+>",
        "https://github.com/FiloSottile/age",
    ),
    SecretKind(
        "doppler-token",
        "Doppler",
        "dp.{pt,ct,st,sa,scim,audit,said}.<alnum:40+> or dp.st.<url:2-35>.<alnum:40+>",
        "https://docs.doppler.com/reference/auth-token-formats",
    ),
    SecretKind(
        "vault-token",
        "HashiCorp Vault",
        "hv{s,b,r}.<url:20+>",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    SecretKind(
        "vault-legacy-token",
        "HashiCorp Vault",
        "s.<alnum:24>",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
        is_common=True,
    ),
    SecretKind(
        "terraform-token",
        "HCP Terraform",
        "<alnum:14>.atlasv1.<url:60+>",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
    ),
    SecretKind(
        "pulumi-token",
        "Pulumi",
        "pul-<hex:40>",
        "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    ),
    SecretKind("infracost-key", "Infracost", "ico-<alnum:32>", GITLEAKS, digits=1),
    SecretKind("defined-networking-token", "Defined Networking", "dnkey-<url:20-30>-<url:50+>", GITLEAKS),
    SecretKind(
        "openshift-token",
        "OpenShift",
        "sha256~<url:43>",
        "https://docs.redhat.com/en/documentation/openshift_container_platform/",
    ),
    SecretKind(
        "docker-swarm-token",
        "Docker Swarm",
        "SWMTKN-1-<lower:50>-<lower:25>",
        "https://docs.docker.com/engine/swarm/join-nodes/",
    ),
    SecretKind(
        "authress-key",
        "Authress",
        "{sc,ext,scauth,authress}_<lower:5-30>.<lower:4-6>.acc{_,-}<url:10-32>.<percent:30+>",
        GITLEAKS,
    ),
    SecretKind(
        "maxmind-key", "MaxMind", "<alnum:6>_<alnum:29>_mmk", "https://dev.maxmind.com/license-key-validation-api"
    ),
    # Databases and data
    SecretKind(
        "databricks-token",
        "Databricks",
        "{dapi,dose,dkea,dsapi}<hex:32>",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    ),
    SecretKind(
        "planetscale-token",
        "PlanetScale",
        "pscale_{tkn,oauth,pw}_<dotted:32+>",
        "https://planetscale.com/docs/concepts/service-tokens",
    ),
    SecretKind(
        "supabase-key",
        "Supabase",
        "sbp_<hex:40> or sbp_v0_<hex:40> or sbp_oauth_<hex:40> or sb_secret_<url:20+>",
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    SecretKind("neon-key", "Neon", "napi_<alnum:40+>", "https://api-docs.neon.tech/reference/authentication"),
    SecretKind("neon-password", "Neon", "npg_<alnum:12-24>", "https://neon.tech/docs/manage/roles", is_common=True),
    SecretKind("convex-key", "Convex", "|eyJ2MiI6<base64:20+>", "https://docs.convex.dev/cli/deploy-key-types"),
    SecretKind(
        "qstash-token",
        "Upstash QStash",
        "eyJVc2VySUQiOi<base64:40+>",
        "https://upstash.com/docs/qstash/overall/getstarted",
    ),
    SecretKind("aiven-password", "Aiven", "AVNS_<url:15+>", "https://aiven.io/docs/platform"),
    SecretKind(
        "cockroach-key",
        "CockroachDB",
        "CCDB1_<alnum:20-24>_<alnum:40>",
        "https://www.cockroachlabs.com/docs/cockroachcloud/managing-access",
    ),
    SecretKind(
        "mongodb-service-account",
        "MongoDB Atlas",
        "mdb_sa_sk_<url:30+>",
        "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/",
    ),
    SecretKind("clickhouse-key", "ClickHouse Cloud", "4b1d<alnum:38>", GITLEAKS, is_common=True),
    SecretKind(
        "prefect-key",
        "Prefect",
        "pn{u,b}_<alnum:30+>",
        "https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys",
    ),
    SecretKind("dbt-token", "dbt", "dbt{u,c}_<url:40+>", "https://docs.getdbt.com/docs/dbt-cloud-apis/authentication"),
    # Monitoring
    SecretKind(
        "dynatrace-token",
        "Dynatrace",
        "dt0<lower:3>.<alnum:8-24>.<alnum:60+>",
        "https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication",
    ),
    SecretKind(
        "new-relic-key",
        "New Relic",
        "NRAK-<alnum:24+> or NRII-<url:20+> or NRRA-<hex:40+> or NRJS-<hex:19>",
        _NEW_RELIC,
    ),
    SecretKind("new-relic-license-key", "New Relic", "<lower:36>NRAL", _NEW_RELIC),
    SecretKind(
        "grafana-token",
        "Grafana",
        "glsa_<alnum:32>_<anyhex:8>",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
        checksum=has_hex_checksum,
    ),
    SecretKind("grafana-cloud-token", "Grafana Cloud", "glc_<base64:32+>", GITLEAKS),
    SecretKind(
        "grafana-key",
        "Grafana",
        "eyJrIjoi<base64:40+>",
        "https://grafana.com/docs/grafana/latest/developers/http_api/auth/",
    ),
    SecretKind(
        "sentry-token",
        "Sentry",
        "sntryu_<hex:64> or sntry{s,a,i}_<url:40+>",
        "https://docs.sentry.io/account/auth-tokens/",
        anchors=("sntryu_", "sntrys_", "sntrya_", "sntryi_"),
        expression=r"(?<![A-Za-z0-9])sntry[usai]_[A-Za-z0-9+/=_-]{40,}",
    ),
    SecretKind(
        "honeycomb-key",
        "Honeycomb",
        "hc{aik,bik,cik,alk,amk}_<alnum:40+>",
        "https://docs.honeycomb.io/configure/environments/manage-api-keys/",
    ),
    SecretKind("posthog-key", "PostHog", "ph{x,s,r,a}_<alnum:30+>", "https://posthog.com/docs/api"),
    SecretKind("axiom-token", "Axiom", "x{aat,apt}-<uuid>", "https://axiom.co/docs/reference/tokens"),
    SecretKind(
        "statsig-secret", "Statsig", "secret-<alnum:40+>", "https://docs.statsig.com/sdk-keys/api-keys", is_common=True
    ),
    SecretKind(
        "launchdarkly-key",
        "LaunchDarkly",
        "{sdk,api}-<uuid>",
        "https://launchdarkly.com/docs/home/account/environment/keys",
    ),
    SecretKind("rapidapi-key", "RapidAPI", "<alnum:10>msh<alnum:15>p1<alnum:6>jsn<alnum:12>", TRUFFLEHOG),
    SecretKind("adafruit-key", "Adafruit IO", "aio_<alnum:28>", "https://io.adafruit.com/api/docs/"),
    SecretKind(
        "mapbox-token",
        "Mapbox",
        "{sk,tk}.eyJ<url:40-400>.<url:20+>",
        "https://docs.mapbox.com/help/getting-started/access-tokens/",
    ),
    SecretKind(
        "octopus-key",
        "Octopus Deploy",
        "API-<upper:25-32>",
        "https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key",
        digits=1,
    ),
    SecretKind(
        "harness-key",
        "Harness",
        "{pat,sat}.<url:22>.<alnum:24>.<alnum:20>",
        "https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys",
    ),
    SecretKind(
        "nuget-key", "NuGet", "oy2<lower:43>", "https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package"
    ),
)
