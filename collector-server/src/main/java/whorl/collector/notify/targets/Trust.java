package whorl.collector.notify.targets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.outbound.TlsTrust;

/** The authorities that a target's certificate may be of. Used by one thread at a time. */
final class Trust {
  private static final int MAX_BYTES = 1 << 20;

  private final @Nullable Path ca;
  private byte[] read = new byte[0];
  private @Nullable SSLContext context;

  /**
   * @param ca PEM; null for the platform's authorities
   */
  Trust(@Nullable Path ca) {
    this.ca = ca;
  }

  /**
   * The context for connections; the same one until the file changes.
   *
   * @throws IOException naming the file
   */
  SSLContext context() throws IOException {
    try {
      Path file = ca;
      if (file == null) {
        return SSLContext.getDefault();
      }
      byte[] pem;
      try (InputStream in = Files.newInputStream(file)) {
        pem = in.readNBytes(MAX_BYTES);
      }
      SSLContext known = context;
      if (known == null || !Arrays.equals(pem, read)) {
        known = TlsTrust.of(pem);
        context = known;
        read = pem;
      }
      return known;
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException(
          "ca " + ca + " cannot be used: " + e.getMessage() + "; it has to be PEM certificates", e);
    }
  }
}
