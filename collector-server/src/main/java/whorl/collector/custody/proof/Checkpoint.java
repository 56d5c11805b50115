package whorl.collector.custody.proof;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import whorl.evidence.Digest;

/**
 * The head of a log at one moment (C2SP tlog-checkpoint): the text of a signed note.
 *
 * <pre>
 * origin
 * size, decimal
 * Base64 of the root
 * extension lines, if any
 * </pre>
 *
 * @param origin which log it is; the name of the key that signs it
 * @param size the number of leaves
 * @param extensions further lines, kept and ignored
 */
public record Checkpoint(String origin, long size, Digest root, List<String> extensions) {
  private static final int LINES_MIN = 3;

  public Checkpoint {
    extensions = List.copyOf(extensions);
  }

  /** A checkpoint without extensions. */
  public Checkpoint(String origin, long size, Digest root) {
    this(origin, size, root, List.of());
  }

  /**
   * Parses the text of a note.
   *
   * @throws IllegalArgumentException if it is no checkpoint
   */
  public static Checkpoint parse(String text) {
    String[] lines = text.split("\n");
    if (lines.length < LINES_MIN
        || !text.endsWith("\n")
        || lines[0].isEmpty()
        || !lines[1].matches("0|[1-9][0-9]{0,17}")) {
      throw new IllegalArgumentException("not a checkpoint: an origin, a size and a root");
    }
    byte[] root = VerifierKey.decoded(lines[2]);
    if (root.length != VerifierKey.KEY_BYTES) {
      throw new IllegalArgumentException("not a checkpoint: its root is no SHA-256 in Base64");
    }
    return new Checkpoint(
        lines[0],
        Long.parseLong(lines[1]),
        new Digest(HexFormat.of().formatHex(root)),
        Arrays.asList(lines).subList(LINES_MIN, lines.length));
  }

  /** The text to sign. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(origin).append('\n').append(size).append('\n');
    text.append(Base64.getEncoder().encodeToString(root.bytes())).append('\n');
    for (String line : extensions) {
      text.append(line).append('\n');
    }
    return text.toString();
  }
}
