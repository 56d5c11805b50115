package whorl.collector.notify.targets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;

/**
 * A target that is a syslog receiver.
 *
 * @param facility its number, 0 to 23
 * @param ca the authority of the receiver's certificate; null for the platform's
 * @param allowLocal true if it may be a loopback or link-local address
 */
public record SyslogSettings(
    String host, int port, Transport transport, int facility, @Nullable Path ca, boolean allowLocal)
    implements Settings {
  /** How messages are carried. */
  public enum Transport {
    /** RFC 5425. */
    TLS(6514),
    /** RFC 6587, with octet counting. */
    TCP(601),
    /** RFC 5426: nobody learns whether a message arrives. */
    UDP(514);

    private final int port;

    Transport(int port) {
      this.port = port;
    }

    /** The usual port. */
    public int port() {
      return port;
    }
  }

  @Override
  public String type() {
    return "syslog";
  }

  @Override
  public String shown() {
    return transport.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port;
  }

  @Override
  public List<SecretFile> secrets() {
    return List.of();
  }

  @Override
  public void check() throws IOException {
    SSLContext unused = new Trust(ca).context();
  }

  @Override
  public Target open() {
    return new SyslogTarget(this);
  }
}
