package whorl.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Setting;

/** The way to the collector, step by step, as the agent goes it. */
final class CollectorChecks {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final Duration CLOCK_LIMIT = Duration.ofMinutes(2);
  private static final String NAME = "collector";

  private final AgentConfig.Collector collector;
  private final Subject subject;
  private final Instant now;
  private final List<Finding> findings;

  CollectorChecks(
      AgentConfig.Collector collector, Subject subject, Instant now, List<Finding> findings) {
    this.collector = collector;
    this.subject = subject;
    this.now = now;
    this.findings = findings;
  }

  void run() {
    URI url = collector.url();
    if (url == null && subject.attached()) {
      findings.add(
          Finding.warn(
              NAME,
              "the agent was loaded by attach, and its settings cannot be seen here",
              "whorl agents shows whether it is connected; docs/attach.md"));
      return;
    }
    if (url == null) {
      findings.add(
          subject.sets(Setting.COLLECTOR_URL)
              ? Finding.fail(
                  NAME,
                  "collector.url cannot be read: nothing is sent",
                  "write it as https://HOST:PORT; the check settings shows what it is")
              : Finding.fail(
                  NAME,
                  "collector.url is not set: nothing is sent",
                  "set WHORL_COLLECTOR_URL; the injection does it"));
      return;
    }
    proxy();
    String token = TokenCheck.run(collector, subject, now, findings);
    if (!resolves(url)) {
      return;
    }
    try {
      String base = url.getRawPath() == null ? "" : url.getRawPath().replaceFirst("/+$", "");
      answer(PlainHttp.get(() -> open(url), url, base + "/healthz", null));
      PlainHttp.Answer answer =
          PlainHttp.get(() -> open(url), url, base + "/agent/v1/channel", token);
      channel(answer);
    } catch (GeneralSecurityException e) {
      findings.add(
          Finding.fail(
              "tls",
              String.valueOf(e.getMessage()),
              "collector.ca, client-cert and client-key are PEM files; docs/settings.md"));
    } catch (IOException e) {
      failed(url, e);
    }
  }

  /** The agent connects itself and asks no proxy. */
  private void proxy() {
    for (String name : List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")) {
      if (!subject.variables().getOrDefault(name, "").isBlank()) {
        findings.add(
            Finding.warn(
                "proxy",
                name + " is set, and the agent does not use it: it connects directly",
                "permit the direct way to the collector, or put the collector's address into this"
                    + " network"));
        return;
      }
    }
    if (subject.property("https.proxyHost") != null) {
      findings.add(
          Finding.warn(
              "proxy",
              "https.proxyHost is set, and the agent does not use it: it connects directly",
              "permit the direct way to the collector"));
    }
  }

  private boolean resolves(URI url) {
    try {
      InetAddress address = InetAddress.getByName(host(url));
      findings.add(Finding.ok("address", host(url) + " is " + address.getHostAddress()));
      return true;
    } catch (UnknownHostException e) {
      findings.add(
          Finding.fail(
              "address",
              host(url) + " does not resolve",
              "check collector.url; a NetworkPolicy must permit DNS (port 53) too"));
      return false;
    }
  }

  static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private Socket open(URI url) throws IOException, GeneralSecurityException {
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host(url), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      if (!tls) {
        return socket;
      }
      SSLSocket secure =
          (SSLSocket)
              PemTrust.context(collector, subject)
                  .getSocketFactory()
                  .createSocket(socket, host(url), port, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return secure;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void failed(URI url, IOException e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String lower = text.toLowerCase(Locale.ROOT);
    boolean tls = e instanceof javax.net.ssl.SSLException;
    String remedy =
        "nothing listens there, or a NetworkPolicy is between: permit egress to the collector's"
            + " port, and see whorl doctor --url from outside";
    if (tls && (lower.contains("subject alternative") || lower.contains("no name matching"))) {
      remedy = "use a host name in collector.url that the certificate has";
    } else if (tls && lower.contains("path")) {
      remedy = "collector.ca must be the authority that signed the collector's certificate";
    } else if (tls || text.equals(PlainHttp.NO_ANSWER)) {
      remedy =
          "https where the collector speaks TLS, http where it does not; a collector with"
              + " --client-ca wants collector.client-cert";
    }
    findings.add(Finding.fail(tls ? "tls" : "connection", url + ": " + text, remedy));
  }

  private void answer(PlainHttp.Answer answer) {
    if (answer.status() != 200) {
      findings.add(
          Finding.fail(
              "connection",
              "/healthz answers " + answer.status(),
              "check that collector.url is a Whorl collector's; a path in it is for a proxy that"
                  + " removes it"));
      return;
    }
    findings.add(Finding.ok("connection", "the collector answers"));
    clock(answer.date());
  }

  private void clock(@Nullable String date) {
    if (date == null) {
      return;
    }
    try {
      Instant there = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
      Duration difference = Duration.between(there, now).abs();
      String seen = difference.toSeconds() + " s between the collector's clock and this one";
      findings.add(
          difference.compareTo(CLOCK_LIMIT) > 0
              ? Finding.fail(
                  "clock", seen, "have both nodes use NTP: tokens and certificates have times")
              : Finding.ok("clock", seen));
    } catch (DateTimeParseException e) {
      findings.add(
          Finding.warn("clock", "the header Date cannot be read", "check what answers there"));
    }
  }

  /** A channel without an upgrade: 426 if who asks may open one, and nothing is opened. */
  private void channel(PlainHttp.Answer answer) {
    String detail = answer.detail().isEmpty() ? "" : ": " + answer.detail();
    switch (answer.status()) {
      case 426 -> findings.add(Finding.ok("identity", "the collector accepts who this is"));
      case 401 ->
          findings.add(
              Finding.fail(
                  "identity",
                  "refused" + detail,
                  "give a token of role agent of the collector's tokens file, or one of an issuer"
                      + " that serve --agent-issuer names; docs/agent-identity.md has the reasons"));
      case 403 ->
          findings.add(
              Finding.fail(
                  "identity",
                  "refused" + detail,
                  "use a token of role agent, or a proof that this collector accepts"));
      case 503 ->
          findings.add(
              Finding.warn(
                  "identity", "the collector is not ready" + detail, "ask its /readyz; try again"));
      default ->
          findings.add(
              Finding.fail(
                  "identity",
                  "the channel answers " + answer.status() + detail,
                  "a proxy between may change requests; it must pass on WebSockets"));
    }
  }
}
