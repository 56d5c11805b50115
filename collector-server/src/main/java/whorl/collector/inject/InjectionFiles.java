package whorl.collector.inject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The files that say what is injected. They are read again while the webhook runs; if they cannot
 * be used, what was read before stays. Thread-safe.
 */
final class InjectionFiles {
  private static final int MAX_BYTES = 1 << 20;

  private final Path description;
  private final @Nullable Path authority;
  private volatile State state;

  private record State(Digest digest, Injector injector) {}

  /**
   * @param authority PEM certificates; null if the description needs none
   * @throws IOException that names the file and what is wrong in it
   */
  InjectionFiles(Path description, @Nullable Path authority) throws IOException {
    this.description = description;
    this.authority = authority;
    this.state = read();
  }

  Injector injector() {
    return state.injector;
  }

  /**
   * Reads the files again.
   *
   * @return true if they have changed
   */
  synchronized boolean reload() throws IOException {
    State fresh = read();
    boolean changed = !fresh.digest.equals(state.digest);
    state = fresh;
    return changed;
  }

  private State read() throws IOException {
    byte[] json = bytes(description);
    Description parsed;
    try {
      parsed = Description.parse(json);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          description + ": not a description of an injection: " + firstLine(e), e);
    }
    String pem = authority == null ? null : pem(authority);
    if (pem == null && parsed.caAnnotation() != null) {
      throw new IOException(
          description + ": caAnnotation needs the authority's certificates; give them with --ca");
    }
    byte[] both = (Digest.of(json).hex() + pem).getBytes(StandardCharsets.UTF_8);
    return new State(Digest.of(both), new Injector(parsed, pem));
  }

  private static String pem(Path file) throws IOException {
    String text = new String(bytes(file), StandardCharsets.US_ASCII);
    if (!text.contains("-----BEGIN CERTIFICATE-----")) {
      throw new IOException(file + ": no PEM certificate in it");
    }
    return text;
  }

  private static byte[] bytes(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("cannot read " + file);
    }
    byte[] content = Files.readAllBytes(file);
    if (content.length > MAX_BYTES) {
      throw new IOException(file + ": longer than " + MAX_BYTES + " bytes");
    }
    return content;
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
