"""Tokens of code hosting, package registries, continuous integration and tools for teams."""

from viewer.redaction.kinds.kind import GITHUB, GITLEAKS, KINGFISHER, TRUFFLEHOG, SecretKind
from viewer.redaction.kinds.randomness import has_base36_checksum, has_base62_checksum

_GITLAB = "https://docs.gitlab.com/security/tokens/"
_ATLASSIAN = "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"
_SONAR = "https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/"

KINDS = (
    # Code hosting
    SecretKind(
        "github-token",
        "GitHub",
        "gh{p,o,u,s,r}_<word:20+>",
        "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",
        checksum=has_base62_checksum,
    ),
    SecretKind(
        "github-fine-grained-token",
        "GitHub",
        "github_pat_<word:20+>",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    ),
    SecretKind(
        "github-installation-token",
        "GitHub Apps",
        "ghs_<digit:1-20>_eyJ<url:8-2000>.<url:8-4000>.<url:20+> or v1.<hex:40>",
        KINGFISHER,
    ),
    SecretKind("gitlab-token", "GitLab", "gl{pat,dt,rt,ptt,ft,imt,soat,agent,oas,ffct,wt,rtr}-<dotted:20+>", _GITLAB),
    SecretKind(
        "gitlab-routable-token",
        "GitLab",
        "gl{pat,dt,rt,rtr}-<url:20-300>.01.<lower:9>",
        "https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/",
        checksum=has_base36_checksum,
    ),
    SecretKind("gitlab-job-token", "GitLab", "glcbt-<word:20+> or glcbt-<url:20+>", _GITLAB),
    SecretKind("gitlab-runner-registration-token", "GitLab", "GR1348941<url:20+>", _GITLAB),
    SecretKind(
        "gitlab-session",
        "GitLab",
        "_gitlab_session=<hex:32>",
        GITLEAKS,
        anchors=("_gitlab_session=",),
        expression=r"_gitlab_session=([0-9A-Za-z%=+/-]{16,})",
    ),
    SecretKind(
        "bitbucket-token",
        "Bitbucket",
        "ATBB<alnum:28+> or BBDC-<base64:40+>",
        "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/",
    ),
    SecretKind("atlassian-token", "Atlassian", "AT{ATT3,CTT3,STT3,OTT3,TTA}<dotted:50+>", _ATLASSIAN),
    SecretKind("gitea-token", "Gitea", "g{ta,to}_<lower:40+>", TRUFFLEHOG),
    SecretKind(
        "sourcegraph-token",
        "Sourcegraph",
        "sgp_<hex:40> or sgp_<hex:16>_<hex:40> or sgp_local_<hex:40> or slk_<hex:64> or sgd_<hex:64>",
        "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token",
    ),
    # Package registries
    SecretKind(
        "npm-token",
        "npm",
        "npm_<alnum:30+>",
        "https://docs.npmjs.com/about-access-tokens",
        checksum=has_base62_checksum,
    ),
    SecretKind("pypi-token", "PyPI", "pypi-AgE<url:20+>", "https://pypi.org/help/#apitoken"),
    SecretKind("rubygems-token", "RubyGems", "rubygems_<hex:48>", "https://guides.rubygems.org/api-key-scopes/"),
    SecretKind("crates-token", "crates.io", "cio<alnum:32>", KINGFISHER, is_common=True, digits=1),
    SecretKind(
        "clojars-token", "Clojars", "CLOJARS_<lower:60>", "https://github.com/clojars/clojars-web/wiki/Deploy-Tokens"
    ),
    SecretKind("packagist-token", "Private Packagist", "packagist_{ack,acs,ort,oat,uat,uas,utt}_<alnum:40+>", GITHUB),
    SecretKind(
        "artifactory-key",
        "JFrog Artifactory",
        "AKCp<alnum:60+> or cmVmd<alnum:59>",
        "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens",
    ),
    SecretKind(
        "docker-token",
        "Docker Hub",
        "dckr_{pat,oat}_<url:20+>",
        "https://docs.docker.com/security/for-developers/access-tokens/",
    ),
    # Continuous integration and quality
    SecretKind(
        "circleci-token",
        "CircleCI",
        "CCIP{AT,RJ}_<alnum:20-24>_<hex:40>",
        "https://circleci.com/docs/managing-api-tokens/",
    ),
    SecretKind(
        "buildkite-token",
        "Buildkite",
        "bk{ua,aa,ct,ar,at,pt}_<alnum:36+>",
        "https://buildkite.com/docs/apis/managing-api-tokens",
    ),
    SecretKind(
        "teamcity-token",
        "TeamCity",
        "eyJ0eXAiOiAiVENWMiJ9.<url:20-100>.<url:30+>",
        "https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html",
    ),
    SecretKind(
        "jetbrains-token",
        "JetBrains Hub and YouTrack",
        "perm{:,-}<dotted:8-200>.<dotted:4-200>.<alnum:20+>",
        "https://www.jetbrains.com/help/youtrack/server/manage-permanent-token.html",
    ),
    SecretKind("sonarqube-token", "SonarQube", "sq{u,p,a}_<hex:40>", _SONAR),
    SecretKind("snyk-token", "Snyk", "snyk_{uat,sat}.<hex:8>.<url:40+>", KINGFISHER),
    SecretKind(
        "postman-key",
        "Postman",
        "PMAK-<hex:24>-<hex:34> or PMAT-<upper:26>",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    ),
    SecretKind("readme-key", "ReadMe", "rdme_<lower:70>", GITLEAKS),
    SecretKind("settlemint-token", "SettleMint", "sm_{aat,pat,sat}_<alnum:16+>", GITLEAKS),
    SecretKind("intra42-secret", "42 Intra", "s-s4t2{ud,af}-<hex:64>", GITLEAKS),
    # Tools for teams
    SecretKind(
        "airtable-token",
        "Airtable",
        "pat<alnum:14>.<hex:64>",
        "https://airtable.com/developers/web/guides/personal-access-tokens",
    ),
    SecretKind(
        "asana-token",
        "Asana",
        "{1,2}/<digit:12-20>:<hex:32> or 2/<digit:12-20>/<digit:12-20>:<hex:32>",
        "https://developers.asana.com/docs/personal-access-token",
    ),
    SecretKind(
        "asana-legacy-token",
        "Asana",
        "0/<hex:32>",
        "https://developers.asana.com/docs/personal-access-token",
        is_common=True,
    ),
    SecretKind(
        "contentful-token",
        "Contentful",
        "CFPAT-<url:40+>",
        "https://www.contentful.com/help/token-management/personal-access-tokens/",
    ),
    SecretKind("figma-token", "Figma", "fig{d,u,or,o}_<url:30+>", "https://www.figma.com/developers/api#access-tokens"),
    SecretKind("linear-key", "Linear", "lin_{api,oauth}_<alnum:30+>", "https://linear.app/developers/graphql"),
    SecretKind(
        "notion-token",
        "Notion",
        "ntn_<alnum:40+> or secret_<alnum:43>",
        "https://developers.notion.com/reference/authentication",
    ),
    SecretKind(
        "okta-token",
        "Okta",
        "00<url:40>",
        "https://developer.okta.com/docs/guides/create-an-api-token/main/",
        is_common=True,
    ),
    SecretKind(
        "typeform-token",
        "Typeform",
        "tfp_<dotted:40+>",
        "https://www.typeform.com/developers/get-started/personal-access-token/",
    ),
    SecretKind(
        "clickup-token", "ClickUp", "pk_<digit:5-12>_<upper:32>", "https://developer.clickup.com/docs/authentication"
    ),
    SecretKind("frameio-token", "Frame.io", "fio-u-<padded:64>", GITLEAKS),
    SecretKind(
        "sanity-token",
        "Sanity",
        "sk<alnum:78-80> or sk<alnum:170-180>",
        "https://www.sanity.io/docs/content-lake/http-auth",
        is_common=True,
    ),
    SecretKind(
        "cal-key",
        "Cal.com",
        "cal_live_<hex:32> or cal_<hex:32>",
        "https://cal.com/docs/api-reference/v1/authentication",
    ),
    SecretKind("adobe-secret", "Adobe", "p8e-<alnum:32>", GITLEAKS, digits=1),
    SecretKind("canva-secret", "Canva", "cnvca<url:40+>", KINGFISHER),
    SecretKind(
        "dropbox-token", "Dropbox", "sl.{u.,}<url:60+>", "https://www.dropbox.com/developers/reference/auth-types"
    ),
    SecretKind(
        "trello-token",
        "Trello",
        "ATTA<hex:64+>",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/",
    ),
    SecretKind(
        "duffel-token", "Duffel", "duffel_{test,live}_<url:40+>", "https://duffel.com/docs/api/overview/making-requests"
    ),
)
