package whorl.collector.store.records;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A note in a case.
 *
 * @param by the name of a token, or {@code collector}
 * @param row the timeline row that it is about, {@code <evidence>:<row>}; null for none
 */
public record NoteRecord(Id id, Instant at, String by, String text, @Nullable String row) {}
