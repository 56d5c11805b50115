package whorl.collector.custody.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Origin;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

/**
 * What custody says of evidence that a person imported from a bag.
 *
 * @param at when
 * @param actor who imported it
 * @param record the digest of the record that was made of it here
 * @param bag the SHA-256 of the bag, as a zip
 * @param folder the folder of its artifacts that has its history at the other collector; null if no
 *     collector had it before
 * @param logKey the key of the other collector's log; null if the bag has no proofs
 * @param namespace of the owner, as the importer said; null if the importer named none
 * @param service likewise
 */
public record ImportEntry(
    Instant at,
    String actor,
    String record,
    String bag,
    @Nullable String folder,
    @Nullable String logKey,
    @Nullable String namespace,
    @Nullable String service) {
  /** The names that folders of histories have. */
  public static final Pattern FOLDER = Pattern.compile("earlier-[1-9][0-9]?");

  /** Not {@code record}, which only entries have that make evidence. */
  private static final String RECORD = "imports";

  private static final String BAG = "bag";
  private static final String FOLDER_NAME = "history";
  private static final String LOG_KEY = "logKey";
  private static final String NAMESPACE = "namespace";
  private static final String SERVICE = "service";

  /** The details of its entry. */
  public Map<String, String> detail() {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put(RECORD, record);
    detail.put(BAG, bag);
    put(detail, FOLDER_NAME, folder);
    put(detail, LOG_KEY, logKey);
    put(detail, NAMESPACE, namespace);
    put(detail, SERVICE, service);
    return detail;
  }

  private static void put(Map<String, String> detail, String key, @Nullable String value) {
    if (value != null) {
      detail.put(key, value);
    }
  }

  /** Whose the evidence is; null if the importer did not say it, and then it is nobody's. */
  public @Nullable Origin origin() {
    return namespace == null && service == null
        ? null
        : new Origin(namespace, service == null ? "" : service, Map.of());
  }

  /** All imports of one piece of evidence that came about, oldest first. */
  public static List<ImportEntry> all(List<CustodyEntry> history) {
    Set<String> committed = committed(history);
    List<ImportEntry> all = new ArrayList<>();
    for (CustodyEntry entry : history) {
      ImportEntry imported = parsed(entry);
      if (imported != null && committed.contains(imported.record())) {
        all.add(imported);
      }
    }
    return all;
  }

  /** The import that made this evidence; null if an agent sent it. */
  public static @Nullable ImportEntry of(List<CustodyEntry> history) {
    List<ImportEntry> all = all(history);
    return all.isEmpty() ? null : all.get(0);
  }

  /** The import that this record, which may be in no entry yet, was made by; null if none was. */
  public static @Nullable ImportEntry of(List<CustodyEntry> history, Digest record) {
    for (CustodyEntry entry : history) {
      ImportEntry imported = parsed(entry);
      if (imported != null && imported.record().equals(record.hex())) {
        return imported;
      }
    }
    return of(history);
  }

  /** The records that were kept: an import that was interrupted before that made nothing. */
  private static Set<String> committed(List<CustodyEntry> history) {
    Set<String> committed = new HashSet<>();
    for (CustodyEntry entry : history) {
      String record = entry.detail().get(CommittedRecords.RECORD);
      if (record != null && CustodyAction.commits(entry.action())) {
        committed.add(record);
      }
    }
    return committed;
  }

  private static @Nullable ImportEntry parsed(CustodyEntry entry) {
    Map<String, String> detail = entry.detail();
    String record = detail.get(RECORD);
    String folder = detail.get(FOLDER_NAME);
    if (!entry.action().equals(CustodyAction.IMPORTED.word())
        || record == null
        || (folder != null && !FOLDER.matcher(folder).matches())) {
      return null;
    }
    return new ImportEntry(
        entry.time(),
        entry.actor(),
        record,
        detail.getOrDefault(BAG, ""),
        folder,
        detail.get(LOG_KEY),
        detail.get(NAMESPACE),
        detail.get(SERVICE));
  }
}
