package whorl.behaviour.starts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results so far, also in a file when there is one: the digest of the agent's jar, then a line
 * for each start. A run that was cut goes on after the last whole line.
 */
final class State {
  private static final String HEADER = "# agent sha256 ";

  private final @Nullable Path file;
  private final List<Result> results = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();

  private State(@Nullable Path file) {
    this.file = file;
  }

  /**
   * Reads the file, or begins it.
   *
   * @param file null to keep the results in memory alone
   */
  static State open(@Nullable Path file, Path agentJar) throws IOException {
    State state = new State(file);
    if (file != null) {
      String header = HEADER + sha256(agentJar);
      if (Files.exists(file)) {
        state.read(file, header);
      } else {
        Files.writeString(file, header + "\n");
      }
    }
    return state;
  }

  private void read(Path from, String header) throws IOException {
    String text = Files.readString(from);
    int whole = text.lastIndexOf('\n') + 1;
    List<String> lines = text.substring(0, whole).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(header)) {
      throw new IllegalArgumentException(
          from + " is of another agent jar; take another file for this one");
    }
    lines.stream().skip(1).map(Result::parse).forEach(this::keep);
    if (whole < text.length()) {
      Files.writeString(from, text.substring(0, whole));
    }
  }

  synchronized boolean has(Start start) {
    return keys.contains(start.key());
  }

  synchronized void add(Result result) throws IOException {
    keep(result);
    if (file != null) {
      Files.writeString(file, result.line() + "\n", StandardOpenOption.APPEND);
    }
  }

  synchronized List<Result> results() {
    return List.copyOf(results);
  }

  private void keep(Result result) {
    if (keys.add(result.key())) {
      results.add(result);
    }
  }

  private static String sha256(Path jar) throws IOException {
    try (InputStream in = Files.newInputStream(jar)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
