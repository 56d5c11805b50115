package whorl.evidence;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One line of the custody log. It is chained twice by hash: to the previous entry in the whole log,
 * and to the previous entry about the same evidence, so that one evidence's history can be checked
 * after it has left the collector.
 *
 * <pre>
 * hash = SHA-256( sequence \n time \n action \n evidence \n actor \n
 *                 key=value \n (by key, each) … prev \n prevOfEvidence )
 * </pre>
 *
 * <p>Absent values are the empty string; line feeds, backslashes and equals signs within values are
 * escaped.
 *
 * @param sequence of the log, from 0
 * @param action such as {@code received}, {@code sealed}, {@code derived}, {@code exported}, {@code
 *     verified}
 * @param evidence the evidence; null for entries about the collector
 * @param actor who: {@code agent <id>}, {@code token <role>}, {@code collector}
 * @param detail further facts to keep, such as digests
 */
public record CustodyEntry(
    long sequence,
    Instant time,
    String action,
    @Nullable Id evidence,
    String actor,
    Map<String, String> detail,
    @Nullable Digest prev,
    @Nullable Digest prevOfEvidence,
    Digest hash) {
  private static final int DETAILS_MAX = 256;

  public CustodyEntry {
    detail = Copies.copy("detail", detail, DETAILS_MAX);
  }

  /** The entry with its computed hash. */
  public static CustodyEntry chained(
      long sequence,
      Instant time,
      String action,
      @Nullable Id evidence,
      String actor,
      Map<String, String> detail,
      @Nullable Digest prev,
      @Nullable Digest prevOfEvidence) {
    Digest hash = hash(sequence, time, action, evidence, actor, detail, prev, prevOfEvidence);
    return new CustodyEntry(
        sequence, time, action, evidence, actor, detail, prev, prevOfEvidence, hash);
  }

  /** True if the hash matches the content. */
  public boolean intact() {
    return hash.equals(hash(sequence, time, action, evidence, actor, detail, prev, prevOfEvidence));
  }

  private static Digest hash(
      long sequence,
      Instant time,
      String action,
      @Nullable Id evidence,
      String actor,
      Map<String, String> detail,
      @Nullable Digest prev,
      @Nullable Digest prevOfEvidence) {
    StringBuilder text = new StringBuilder(256);
    text.append(sequence).append('\n').append(time).append('\n');
    append(text, action).append('\n');
    append(text, evidence == null ? "" : evidence.value()).append('\n');
    append(text, actor).append('\n');
    for (Map.Entry<String, String> entry : new TreeMap<>(detail).entrySet()) {
      append(text, entry.getKey()).append('=');
      append(text, entry.getValue()).append('\n');
    }
    text.append(prev == null ? "" : prev.hex()).append('\n');
    text.append(prevOfEvidence == null ? "" : prevOfEvidence.hex());
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static StringBuilder append(StringBuilder text, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\\' -> text.append("\\\\");
        case '=' -> text.append("\\=");
        default -> text.append(c);
      }
    }
    return text;
  }
}
