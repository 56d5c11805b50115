package whorl.collector.notify.file;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.targets.Endpoint;
import whorl.collector.notify.targets.HttpSettings;
import whorl.collector.notify.targets.HttpSettings.Dialect;
import whorl.collector.notify.targets.Settings;
import whorl.collector.notify.targets.SmtpSettings;
import whorl.collector.notify.targets.SyslogSettings;

/** Reads what each type of target needs. */
final class TargetReader {
  static final String TYPES =
      "webhook, slack, teams, smtp, pagerduty, alertmanager, syslog, cloudevents, otlp";

  private static final String PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";
  private static final String URL = "https://hooks.example.org/whorl";
  private static final int PORT_MAX = 65_535;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.:-]{0,252}");
  private static final Pattern MAIL =
      Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "webhook-id",
          "webhook-signature",
          "webhook-timestamp");
  private static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "ntp",
          "audit",
          "alert",
          "clock",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");

  private final Fields fields;

  TargetReader(Fields fields) {
    this.fields = fields;
  }

  /** The target; null if the type does not exist. */
  @Nullable Settings read(String type) {
    return switch (type) {
      case "webhook" -> http(Dialect.WEBHOOK, fields.secret("secret-file"));
      case "slack" -> http(Dialect.SLACK, null);
      case "teams" -> http(Dialect.TEAMS, null);
      case "otlp" -> http(Dialect.OTLP, null);
      case "cloudevents" -> http(Dialect.CLOUDEVENTS, null);
      case "pagerduty" -> pagerDuty();
      case "alertmanager" -> http(Dialect.ALERTMANAGER, null);
      case "smtp" -> smtp();
      case "syslog" -> syslog();
      default -> null;
    };
  }

  private Settings pagerDuty() {
    SecretFile key = fields.secret("routing-key-file");
    if (key == null) {
      fields.problem("has no routing-key-file; give the file with the integration's key");
    }
    return http(Dialect.PAGERDUTY, key);
  }

  private Settings http(Dialect dialect, @Nullable SecretFile secret) {
    boolean insecure = fields.flag("insecure");
    boolean secretUrl = dialect == Dialect.SLACK || dialect == Dialect.TEAMS;
    String url = secretUrl ? null : fields.text("url", URL);
    SecretFile urlFile = fields.secret("url-file");
    if (dialect == Dialect.PAGERDUTY && url == null && urlFile == null) {
      url = PAGERDUTY;
    }
    if ((url == null) == (urlFile == null)) {
      fields.problem(
          secretUrl
              ? "needs url-file, a file with the webhook's URL: who knows it may post there"
              : "needs either url or url-file (a file, if the URL is a secret)");
    }
    boolean structured =
        dialect != Dialect.CLOUDEVENTS
            || fields.word("mode", Mode.class, Mode.STRUCTURED) == Mode.STRUCTURED;
    Endpoint endpoint =
        new Endpoint(
            url == null ? null : url(url, insecure),
            urlFile,
            headers(fields.texts("headers", "{X-Team: security}")),
            fields.secrets("header-files", "{Authorization: /run/secrets/whorl-authorization}"),
            fields.path("ca", "/etc/whorl/ca.pem"),
            fields.flag("allow-local"),
            insecure);
    checkNames(endpoint.secretHeaders().keySet());
    return new HttpSettings(dialect, endpoint, secret, structured);
  }

  private enum Mode {
    STRUCTURED,
    BINARY
  }

  private @Nullable URI url(String text, boolean insecure) {
    try {
      URI url = new URI(text);
      String problem = Endpoint.problem(url, insecure);
      if (problem != null) {
        fields.problem("has a url that " + problem);
      }
      return url;
    } catch (URISyntaxException e) {
      fields.problem("has a url that is none; give one such as " + URL);
      return null;
    }
  }

  private Map<String, String> headers(Map<String, String> headers) {
    checkNames(headers.keySet());
    for (String each : headers.keySet()) {
      if (each.toLowerCase(Locale.ROOT).contains("authorization")) {
        fields.problem("has a secret in headers; give the file that has it in header-files");
      }
    }
    return headers;
  }

  private void checkNames(Set<String> headers) {
    for (String each : new TreeSet<>(headers)) {
      if (!HEADER.matcher(each).matches() || OWN_HEADERS.contains(each.toLowerCase(Locale.ROOT))) {
        fields.problem("has a header that cannot be set here: " + each);
      }
    }
  }

  private String host() {
    String host = fields.required("host", "mail.example.org");
    if (!host.isEmpty() && !HOST.matcher(host).matches()) {
      fields.problem("has a host that is none; give a name or an address, without port");
    }
    return host;
  }

  private Settings smtp() {
    SmtpSettings.Tls tls = fields.word("tls", SmtpSettings.Tls.class, SmtpSettings.Tls.STARTTLS);
    String host = host();
    String user = fields.text("user", "whorl@example.org");
    SecretFile password = fields.secret("password-file");
    if ((user == null) != (password == null)) {
      fields.problem("needs both user and password-file, or none of them");
    }
    if (password != null && tls == SmtpSettings.Tls.NONE) {
      fields.problem("would send a password in the clear; give tls: starttls or tls: tls");
    }
    String from = fields.required("from", "whorl@example.org");
    List<String> to = new ArrayList<>(fields.names("to", "[on-call@example.org]"));
    if (to.isEmpty()) {
      fields.problem("has no to; give one or more: to: [on-call@example.org]");
    }
    List<String> all = new ArrayList<>(to);
    all.add(from);
    for (String each : all) {
      if (!each.isEmpty() && !MAIL.matcher(each).matches()) {
        fields.problem("has an address that is none, such as on-call@example.org");
      }
    }
    return new SmtpSettings(
        host,
        fields.number("port", tls.port(), 1, PORT_MAX),
        tls,
        user,
        password,
        from,
        to,
        fields.path("ca", "/etc/whorl/ca.pem"),
        fields.flag("allow-local"));
  }

  private Settings syslog() {
    SyslogSettings.Transport transport =
        fields.word("transport", SyslogSettings.Transport.class, SyslogSettings.Transport.TLS);
    String facility = fields.text("facility", "authpriv");
    int number = FACILITIES.indexOf(facility == null ? "authpriv" : facility);
    if (number < 0) {
      fields.problem("has a facility that is none of " + String.join(", ", FACILITIES));
    }
    return new SyslogSettings(
        host(),
        fields.number("port", transport.port(), 1, PORT_MAX),
        transport,
        number,
        fields.path("ca", "/etc/whorl/ca.pem"),
        fields.flag("allow-local"));
  }
}
