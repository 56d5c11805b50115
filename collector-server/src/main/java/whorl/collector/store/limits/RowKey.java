package whorl.collector.store.limits;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/** Keys of rows that stand for several texts: short, whatever the length of the texts. */
final class RowKey {
  private RowKey() {}

  /** Returns the SHA-256 of the texts, in which null differs from an empty text. */
  static String of(@Nullable String... texts) {
    return Digest.of(Json.bytes(Arrays.asList(texts))).hex();
  }
}
