package whorl.collector.notify.targets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;

/**
 * A target that is a mail server.
 *
 * @param user null if it needs no login
 * @param password of the user
 * @param ca the authority of the server's certificate; null for the platform's
 * @param allowLocal true if it may be a loopback or link-local address
 */
public record SmtpSettings(
    String host,
    int port,
    Tls tls,
    @Nullable String user,
    @Nullable SecretFile password,
    String from,
    List<String> to,
    @Nullable Path ca,
    boolean allowLocal)
    implements Settings {
  /** How the connection is encrypted. */
  public enum Tls {
    /** After the greeting; a server that does not offer it gets no message. */
    STARTTLS(587),
    /** TLS from the beginning. */
    TLS(465),
    NONE(25);

    private final int port;

    Tls(int port) {
      this.port = port;
    }

    /** The usual port. */
    public int port() {
      return port;
    }
  }

  public SmtpSettings {
    to = List.copyOf(to);
  }

  @Override
  public String type() {
    return "smtp";
  }

  @Override
  public String shown() {
    return String.join(", ", to) + " by " + host + ":" + port;
  }

  @Override
  public List<SecretFile> secrets() {
    return password == null ? List.of() : List.of(password);
  }

  @Override
  public void check() throws IOException {
    Settings.super.check();
    SSLContext unused = new Trust(ca).context();
  }

  @Override
  public Target open() {
    return new SmtpTarget(this);
  }
}
