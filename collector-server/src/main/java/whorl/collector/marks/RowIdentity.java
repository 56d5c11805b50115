package whorl.collector.marks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.evidence.Digest;

/**
 * What stays the same of a row when its evidence is indexed anew, whatever its number is then: the
 * artifact, the type, the source's time and number, and the source's fields. The message is only
 * part of it for rows without fields, because later versions may word it differently.
 */
final class RowIdentity {
  /** The columns that it is made of. */
  static final Set<Column> COLUMNS =
      EnumSet.of(
          Column.AGENT_TIME,
          Column.DATASET,
          Column.ACTION,
          Column.SEQUENCE,
          Column.FIELDS,
          Column.MESSAGE);

  private RowIdentity() {}

  /** The SHA-256 in hexadecimal digits. */
  static String of(Row row) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, RowChoice.sourceNanos(row)));
    add(sha256, row.text(Column.DATASET));
    add(sha256, row.text(Column.ACTION));
    Long sequence = row.number(Column.SEQUENCE);
    add(sha256, sequence == null ? null : sequence.toString());
    String fields = row.text(Column.FIELDS);
    add(sha256, fields);
    add(sha256, fields == null ? row.text(Column.MESSAGE) : null);
    return Digest.of(sha256).hex();
  }

  /** With its length before it, so that no two rows become one text. */
  private static void add(MessageDigest sha256, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, text == null ? -1 : bytes.length));
    sha256.update(bytes);
  }
}
