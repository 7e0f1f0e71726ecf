"""Keys of payments, shops, mail, chat and social networks."""

from viewer.redaction.kinds.kind import GITHUB, GITLEAKS, TRUFFLEHOG, SecretKind

_SLACK = "https://docs.slack.dev/authentication/tokens"

KINDS = (
    # Payments and shops
    SecretKind(
        "stripe-key", "Stripe, Clerk, Paystack", "{sk,rk}_{live,test,prod}_<alnum:16+>", "https://docs.stripe.com/keys"
    ),
    SecretKind(
        "webhook-secret", "Stripe, Svix and others", "whsec_<base64:20+>", "https://docs.stripe.com/webhooks/signature"
    ),
    SecretKind(
        "square-token",
        "Square",
        "sq0{atp,csp}-<url:22+>",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
    SecretKind(
        "square-access-token",
        "Square",
        "EAAA<url:60>",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
        digits=3,
    ),
    SecretKind(
        "braintree-token",
        "Braintree",
        "access_token${production,sandbox}$<lower:16>$<hex:32>",
        "https://developer.paypal.com/braintree/docs/",
    ),
    SecretKind("paypal-token", "PayPal", "A21AA<url:90+>", "https://developer.paypal.com/api/rest/authentication/"),
    SecretKind(
        "plaid-token", "Plaid", "access-{sandbox,development,production}-<uuid>", "https://plaid.com/docs/api/tokens/"
    ),
    SecretKind(
        "shopify-token",
        "Shopify",
        "shp{at,ca,pa,ss,ua,rt,it}_<anyhex:32>",
        "https://shopify.dev/docs/apps/build/authentication-authorization",
    ),
    SecretKind(
        "shippo-token",
        "Shippo",
        "shippo_{live,test}_<anyhex:40>",
        "https://docs.goshippo.com/docs/guides_general/authentication/",
    ),
    SecretKind("easypost-key", "EasyPost", "EZ{AK,TK}<alnum:54>", "https://docs.easypost.com/docs/authentication"),
    SecretKind("lob-key", "Lob", "{live,test}_<hex:35>", "https://docs.lob.com/", is_common=True),
    SecretKind(
        "gocardless-token",
        "GoCardless",
        "{live,sandbox}_<url:40>",
        "https://developer.gocardless.com/api-reference/",
        is_common=True,
        digits=1,
    ),
    SecretKind(
        "mollie-key",
        "Mollie",
        "{live,test}_<alnum:30>",
        "https://docs.mollie.com/reference/authentication",
        is_common=True,
    ),
    SecretKind(
        "flutterwave-key",
        "Flutterwave",
        "FLWSECK{_TEST,}-<lower:32>-X or FLWSECK_TEST<alnum:12> or FLWSECK_TEST-<lower:12>",
        "https://developer.flutterwave.com/docs/authentication",
    ),
    SecretKind(
        "razorpay-key", "Razorpay", "rzp_{live,test}_<alnum:14>", "https://razorpay.com/docs/api/authentication/"
    ),
    SecretKind(
        "paddle-key",
        "Paddle",
        "pdl_{live,sdbx}_apikey_<lower:26>_<alnum:22>_<alnum:3>",
        "https://developer.paddle.com/api-reference/about/api-keys",
    ),
    SecretKind("stytch-secret", "Stytch", "secret-{test,live}-<url:30+>", "https://stytch.com/docs/api"),
    SecretKind("freemius-key", "Freemius", "sk_<alnum:29>", GITLEAKS, is_common=True, digits=2),
    # Mail and telephony
    SecretKind(
        "sendgrid-key",
        "SendGrid",
        "SG.<url:16-64>.<url:16+>",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    SecretKind("twilio-key", "Twilio", "{SK,AC}<hex:32>", "https://www.twilio.com/docs/iam/api-keys", digits=2),
    SecretKind(
        "mailchimp-key",
        "Mailchimp",
        "<hex:32>-us<digit:1-2>",
        "https://mailchimp.com/developer/marketing/guides/quick-start/",
    ),
    SecretKind(
        "mandrill-key",
        "Mailchimp Transactional",
        "md-<url:22>",
        "https://mailchimp.com/developer/transactional/guides/quick-start/",
        is_common=True,
        digits=1,
    ),
    SecretKind(
        "mailgun-key",
        "Mailgun",
        "key-<hex:32>",
        "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
        digits=1,
    ),
    SecretKind(
        "resend-key",
        "Resend",
        "re_<alnum:6-12>_<alnum:20-32> or re_<alnum:24-36>",
        "https://resend.com/docs/api-reference/introduction",
        is_common=True,
        digits=1,
    ),
    SecretKind(
        "brevo-key",
        "Brevo",
        "x{keysib,smtpsib}-<hex:64>-<alnum:16>",
        "https://developers.brevo.com/docs/getting-started",
    ),
    SecretKind("telnyx-key", "Telnyx", "KEY<hex:32>_<alnum:22>", "https://developers.telnyx.com/docs/overview"),
    SecretKind(
        "klaviyo-key", "Klaviyo", "pk_<hex:34>", "https://developers.klaviyo.com/en/docs/authenticate_", digits=1
    ),
    # Customers
    SecretKind(
        "hubspot-token",
        "HubSpot",
        "pat-<lower:2-4>-<uuid>",
        "https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview",
    ),
    SecretKind("intercom-token", "Intercom", "dG9rO<base64:40+>", TRUFFLEHOG),
    SecretKind(
        "salesforce-session",
        "Salesforce",
        "00D<alnum:12-15>!<dotted:60+>",
        "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/",
    ),
    # Chat
    SecretKind(
        "slack-token",
        "Slack",
        "xox{a,b,e,o,p,r,s,c}-<url:10+> or xoxe.xox{b,p}-<url:20+> or xapp-<url:10+> or xwfp-<url:20+>",
        _SLACK,
        digits=1,
    ),
    SecretKind("slack-cookie", "Slack", "xoxd-<percent:20+>", TRUFFLEHOG),
    SecretKind(
        "slack-webhook",
        "Slack",
        "hooks.slack.com/services/T<upper:8>/B<upper:8>/<alnum:24>",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
        anchors=("hooks.slack.com/", "hooks.slack-gov.com/"),
        expression=r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_+-]{16,})",
    ),
    SecretKind(
        "discord-webhook",
        "Discord",
        "discord.com/api/webhooks/<digit:18>/<url:68>",
        "https://discord.com/developers/docs/resources/webhook",
        anchors=("/api/webhooks/",),
        expression=r"/api/webhooks/([0-9]{15,}/[A-Za-z0-9_-]{30,})",
    ),
    SecretKind(
        "discord-token",
        "Discord",
        "{MT,MD,Mj,Mz,ND,NT,Nj,Nz,OD,OT}<alnum:22-26>.<url:6>.<url:27-38>",
        "https://discord.com/developers/docs/reference#authentication",
    ),
    SecretKind(
        "teams-webhook",
        "Microsoft Teams",
        "webhook.office.com/webhookb2/<uuid>@<uuid>/IncomingWebhook/<hex:32>/<uuid>",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        anchors=(".office.com/webhook", "webhook.office.com/webhook"),
        expression=r"(?:webhook)?\.office\.com/webhook(?:b2)?/([A-Za-z0-9@-]{36,80}/IncomingWebhook/[A-Za-z0-9/_-]{32,})",
    ),
    SecretKind(
        "google-chat-webhook",
        "Google Chat",
        "chat.googleapis.com/v1/spaces/<url:11>/messages?key=AIza<url:35>&token=<url:43>",
        "https://developers.google.com/workspace/chat/quickstart/webhooks",
        anchors=("chat.googleapis.com/v1/spaces/",),
        expression=r"chat\.googleapis\.com/v1/spaces/([A-Za-z0-9_-]{4,40}/messages\?[A-Za-z0-9_=&%.-]{20,})",
    ),
    SecretKind(
        "telegram-token",
        "Telegram",
        "<digit:8-10>:A{A,E,F,G,H}<url:32-34>",
        "https://core.telegram.org/bots/api#authorizing-your-bot",
    ),
    SecretKind("matrix-token", "Matrix", "syt_<base64:4-100>_<alnum:20>_<alnum:6>", TRUFFLEHOG),
    SecretKind(
        "power-automate-webhook",
        "Power Automate and Logic Apps",
        "logic.azure.com/workflows/<hex:32>/triggers/manual/paths/invoke?sig=<url:43>",
        GITHUB,
        anchors=("/triggers/manual/paths/invoke?",),
        expression=r"/triggers/manual/paths/invoke\?[^\s\"'<>\\\0]{0,300}?sig=([A-Za-z0-9_%-]{20,})",
    ),
    # Social networks and media
    SecretKind(
        "facebook-token",
        "Meta",
        "EAA<alnum:90+>",
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
        digits=3,
        is_common=True,
    ),
    SecretKind("instagram-token", "Instagram", "IGQV<url:100+> or IGAA<url:100+>", GITHUB),
    SecretKind("pinterest-token", "Pinterest", "pina_<alnum:30+>", GITHUB),
    SecretKind(
        "twitter-bearer-token",
        "X",
        "AAAAAAAAAAAAAAAAAAAAAA<alnum:80>",
        "https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens",
        anchors=("AAAAAAAAAAAAAAAAAAAAAA",),
        # Silence in a sound, as base64, begins alike and goes on with more of the same letter, or with + and /.
        expression=r"(?<![A-Za-z0-9+/_-])A{22}(?![A-Za-z0-9]{0,60}AAA)[A-Za-z0-9%]{60,110}(?![A-Za-z0-9+/_-])",
    ),
    SecretKind("riot-key", "Riot Games", "RGAPI-<uuid>", "https://developer.riotgames.com/docs/portal"),
    SecretKind("pubnub-key", "PubNub", "sec-c-<base64:40+>", GITHUB),
)
