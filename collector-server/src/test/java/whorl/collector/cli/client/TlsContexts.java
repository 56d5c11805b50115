package whorl.collector.cli.client;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** The command line's TLS, for servers of tests. */
public final class TlsContexts {
  private TlsContexts() {}

  /** As {@link TlsFiles#context}. */
  public static SSLContext of(Path ca, Path cert, Path key) {
    return TlsFiles.context(ca, cert, key);
  }
}
