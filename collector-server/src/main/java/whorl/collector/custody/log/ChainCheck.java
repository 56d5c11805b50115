package whorl.collector.custody.log;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Walks a custody log from its start and reports every broken link. For the part of a log in a bag,
 * which holds the entries of one piece of evidence, it checks only the chain of that evidence.
 *
 * <p>Do not change the texts of problems: an acknowledgement in the log holds their digest.
 */
public final class ChainCheck {
  private final @Nullable Id only;
  private final Map<Id, Digest> lastOf = new HashMap<>();
  private long lastSequence = -1;
  private @Nullable Digest last;

  /**
   * @param only the evidence whose part of the log is checked; null for a whole log
   */
  public ChainCheck(@Nullable Id only) {
    this.only = only;
  }

  /** The result for one line: its entry if it can be parsed, and its problem if there is one. */
  public record Step(@Nullable CustodyEntry entry, @Nullable String problem) {}

  /** Checks the next line. */
  public Step next(byte[] line) {
    CustodyEntry entry;
    try {
      entry = Json.MAPPER.readValue(line, CustodyEntry.class);
    } catch (IOException e) {
      return new Step(null, "is no custody entry");
    }
    if (entry == null
        || entry.time() == null
        || entry.action() == null
        || entry.actor() == null
        || entry.hash() == null) {
      return new Step(null, "is no custody entry");
    }
    String problem = problemOf(entry);
    lastSequence = entry.sequence();
    last = entry.hash();
    if (entry.evidence() != null) {
      lastOf.put(entry.evidence(), entry.hash());
    }
    return new Step(entry, problem);
  }

  private @Nullable String problemOf(CustodyEntry entry) {
    if (!entry.intact()) {
      return "entry " + entry.sequence() + ": its hash is not that of its content";
    }
    if (only != null && !only.equals(entry.evidence())) {
      return "entry " + entry.sequence() + " is of other evidence";
    }
    if (only == null && entry.sequence() != lastSequence + 1) {
      return "entry " + entry.sequence() + " follows entry " + lastSequence;
    }
    if (only != null && entry.sequence() <= lastSequence) {
      return "entry " + entry.sequence() + " follows entry " + lastSequence;
    }
    if (only == null && !same(entry.prev(), last)) {
      return "entry " + entry.sequence() + " is not chained to the entry before it";
    }
    Digest before = entry.evidence() == null ? null : lastOf.get(entry.evidence());
    if (!same(entry.prevOfEvidence(), before)) {
      return "entry " + entry.sequence() + " is not chained to the evidence's entry before it";
    }
    return null;
  }

  @Nullable Digest last() {
    return last;
  }

  private static boolean same(@Nullable Digest first, @Nullable Digest second) {
    return first == null ? second == null : first.equals(second);
  }
}
