package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;

/**
 * A target that is an HTTP server.
 *
 * @param secret signs messages, or is the routing key; null if there is none
 * @param structured true if CloudEvents are whole in the body
 */
public record HttpSettings(
    Dialect dialect, Endpoint endpoint, @Nullable SecretFile secret, boolean structured)
    implements Settings {
  /** What the server understands. */
  public enum Dialect {
    WEBHOOK,
    SLACK,
    TEAMS,
    PAGERDUTY,
    ALERTMANAGER,
    CLOUDEVENTS,
    OTLP;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String type() {
    return dialect.word();
  }

  @Override
  public String shown() {
    return endpoint.shown();
  }

  @Override
  public List<SecretFile> secrets() {
    List<SecretFile> secrets = new ArrayList<>(endpoint.secretHeaders().values());
    if (secret != null) {
      secrets.add(secret);
    }
    if (endpoint.urlFile() != null) {
      secrets.add(endpoint.urlFile());
    }
    return secrets;
  }

  @Override
  public void check() throws IOException {
    Settings.super.check();
    URI unused = endpoint.read();
    checkAuthority();
    if (dialect == Dialect.WEBHOOK && secret != null) {
      byte[] key = Signature.key(secret);
      if (key.length < Signature.MIN_BYTES) {
        throw new IOException(
            secret.file() + " has fewer than " + Signature.MIN_BYTES + " bytes; give 24 to 64");
      }
    }
  }

  private void checkAuthority() throws IOException {
    SSLContext unused = new Trust(endpoint.ca()).context();
  }

  @Override
  public Target open() {
    HttpSender sender = new HttpSender(endpoint);
    return switch (dialect) {
      case WEBHOOK -> new WebhookTarget(sender, secret);
      case SLACK -> new SlackTarget(sender);
      case TEAMS -> new TeamsTarget(sender);
      case PAGERDUTY -> new PagerDutyTarget(sender, required());
      case ALERTMANAGER -> new AlertmanagerTarget(sender);
      case CLOUDEVENTS -> new CloudEventsTarget(sender, structured);
      case OTLP -> new OtlpTarget(sender);
    };
  }

  private SecretFile required() {
    if (secret == null) {
      throw new IllegalStateException("a notification to PagerDuty without a routing key");
    }
    return secret;
  }
}
