package whorl.evidence.library;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/**
 * One library of a JVM. Texts are cut to {@link #TEXT_MAX_CHARS}, paths to {@link #PATH_MAX_CHARS}.
 *
 * @param path {@code /app/lib/x.jar}, {@code /app.jar!/BOOT-INF/lib/x.jar} or {@code
 *     jrt:/java.base}; of packed libraries that of the jar which contains them
 * @param group Maven's group; null if nothing says it
 * @param name Maven's artifact id, or what comes closest
 * @param version null if nothing says it
 * @param from what says name and version
 * @param sha256 of the jar; null if it was not read, and for packed ones and modules
 * @param size of the jar in bytes; 0 if unknown
 * @param agent true if the jar is, or can be, a Java agent
 * @param problem what is not known of it, and why; null if nothing
 */
public record LibraryEntry(
    String path,
    LibraryKind kind,
    @Nullable String group,
    String name,
    @Nullable String version,
    NameSource from,
    @Nullable Digest sha256,
    long size,
    boolean agent,
    @Nullable String problem) {
  /** The most characters of group, name, version and problem. */
  public static final int TEXT_MAX_CHARS = 200;

  /** The most characters of a path. */
  public static final int PATH_MAX_CHARS = 1_000;

  public LibraryEntry {
    path = cut(Objects.requireNonNull(path, "path"), PATH_MAX_CHARS);
    Objects.requireNonNull(kind, "kind");
    group = cutOrNull(group);
    name = cut(Objects.requireNonNull(name, "name"), TEXT_MAX_CHARS);
    version = cutOrNull(version);
    Objects.requireNonNull(from, "from");
    problem = cutOrNull(problem);
  }

  private static @Nullable String cutOrNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : cut(text, TEXT_MAX_CHARS);
  }

  private static String cut(String text, int maxChars) {
    return Text.beginning(text, maxChars);
  }

  /** The same library with another problem. */
  public LibraryEntry withProblem(@Nullable String text) {
    return new LibraryEntry(path, kind, group, name, version, from, sha256, size, agent, text);
  }

  /** The digest of a whole inventory, which identifies it. */
  public static Digest digest(List<LibraryEntry> entries) {
    MessageDigest sha256 = Digest.newSha256();
    for (LibraryEntry entry : entries) {
      add(sha256, entry.path);
      add(sha256, entry.kind.word());
      add(sha256, entry.group);
      add(sha256, entry.name);
      add(sha256, entry.version);
      add(sha256, entry.from.word());
      add(sha256, entry.sha256 == null ? null : entry.sha256.hex());
      add(sha256, Long.toString(entry.size));
      add(sha256, Boolean.toString(entry.agent));
      add(sha256, entry.problem);
    }
    return Digest.of(sha256);
  }

  /** Each text with its length before it, so that no two lists have the same bytes. */
  private static void add(MessageDigest sha256, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    sha256.update(
        ((text == null ? "-" : Integer.toString(bytes.length)) + ":")
            .getBytes(StandardCharsets.US_ASCII));
    sha256.update(bytes);
  }
}
