package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;
import whorl.collector.store.outage.Outage;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Compares the rows of evidence with the objects, page by page: both are read in the order of their
 * keys, at most a thousand of each for a page. What seems to be missing is looked for once more, so
 * what changes meanwhile is not reported. Thread-safe.
 */
public final class SharedScan {
  private static final Logger LOG = LoggerFactory.getLogger(SharedScan.class);

  /** Younger objects may belong to a record that is being stored. */
  static final Duration STRAY_AFTER = Duration.ofHours(1);

  private static final Pattern RECORD =
      Pattern.compile("evidence/([a-z0-9][a-z0-9-]{7,63})/([0-9a-f]{64})\\.json");

  private final ObjectStore objects;
  private final Database database;
  private final RecordRows rows;
  private final SharedContent content;
  private final int page;

  SharedScan(
      ObjectStore objects, Database database, RecordRows rows, SharedContent content, int page) {
    this.objects = objects;
    this.database = database;
    this.rows = rows;
    this.content = content;
    this.page = page;
  }

  /** A version of a record that no row refers to, of evidence that has no row. */
  public record Stray(Id evidence, Digest sha256, Instant writtenAt) {}

  /**
   * @param missing evidence whose record is not in the object store
   * @param next the position of the next page; empty after the last one
   */
  public record Records(List<Id> missing, Map<Id, List<Stray>> strays, String next) {}

  /** Compares the records of evidence with ids after this one. */
  public Records records(String after) throws IOException {
    List<ObjectFacts> found =
        objects.list(SharedKeys.RECORDS, after.isEmpty() ? "" : endOfRecords(after), page);
    String last = found.size() < page ? "" : lastWhole(found);
    Map<String, String> expected = current(after, last);
    if (expected.size() == page) {
      last = expected.keySet().stream().max(String::compareTo).orElse(last);
    }
    Set<String> there = new HashSet<>();
    Map<Id, List<Stray>> strays = new HashMap<>();
    Instant before = content.now().minus(STRAY_AFTER);
    for (ObjectFacts each : found) {
      Matcher record = RECORD.matcher(each.key());
      if (record.matches() && (last.isEmpty() || record.group(1).compareTo(last) <= 0)) {
        there.add(each.key());
        if (!expected.containsKey(record.group(1)) && each.writtenAt().isBefore(before)) {
          Id id = new Id(record.group(1));
          strays
              .computeIfAbsent(id, key -> new ArrayList<>())
              .add(new Stray(id, new Digest(record.group(2)), each.writtenAt()));
        }
      }
    }
    List<Id> missing = new ArrayList<>();
    for (Map.Entry<String, String> each : expected.entrySet()) {
      Id id = new Id(each.getKey());
      Digest sha256 = new Digest(each.getValue());
      if (!there.contains(SharedKeys.record(id, sha256)) && isMissing(id)) {
        missing.add(id);
      }
    }
    strays.keySet().removeAll(known(strays.keySet()));
    return new Records(missing, strays, last);
  }

  /** After all keys of this evidence. */
  private static String endOfRecords(String evidence) {
    return SharedKeys.RECORDS + evidence + "0"; // the character after the slash
  }

  /** The last evidence whose records are all on the page. */
  private static String lastWhole(List<ObjectFacts> found) {
    String last = evidenceOf(found.get(found.size() - 1));
    for (int i = found.size() - 1; i >= 0; i--) {
      if (!evidenceOf(found.get(i)).equals(last)) {
        return evidenceOf(found.get(i));
      }
    }
    return last;
  }

  private static String evidenceOf(ObjectFacts object) {
    String rest = object.key().substring(SharedKeys.RECORDS.length());
    return rest.substring(0, Math.max(0, rest.indexOf('/')));
  }

  /** The versions that count. */
  private Map<String, String> current(String after, String last) throws IOException {
    Map<String, String> current = new HashMap<>();
    database.query(
        "SELECT evidence, record FROM evidence_records WHERE removal = 0 AND evidence > ?"
            + " AND (? = '' OR evidence <= ?) ORDER BY evidence LIMIT ?",
        row -> current.put(row.getString(1), row.getString(2)),
        after,
        last,
        last,
        (long) page);
    return current;
  }

  /** True if the current version is not there, now. */
  private boolean isMissing(Id evidence) throws IOException {
    Digest current = rows.current(evidence);
    return current != null && objects.find(SharedKeys.record(evidence, current)) == null;
  }

  private Set<Id> known(Set<Id> evidence) throws IOException {
    Set<Id> known = new HashSet<>();
    for (Id each : evidence) {
      if (rows.find(each) != null) {
        known.add(each);
      }
    }
    return known;
  }

  /**
   * Reads a stray version.
   *
   * @throws IOException also if it is not what its name says
   */
  public EvidenceRecord read(Stray stray) throws IOException {
    EvidenceRecord record =
        EvidenceRecord.parse(new RecordObjects(objects).read(stray.evidence(), stray.sha256()));
    if (!record.id().equals(stray.evidence())) {
      throw new IOException("the record at " + stray.evidence() + " is of " + record.id());
    }
    return record;
  }

  /** True if a version of its record says that the evidence is sealed. */
  boolean hasSealed(Id evidence) throws IOException {
    for (ObjectFacts each : objects.list(SharedKeys.records(evidence), "", page)) {
      Matcher version = RECORD.matcher(each.key());
      if (version.matches()) {
        Digest sha256 = new Digest(version.group(2));
        try {
          if (!read(new Stray(evidence, sha256, each.writtenAt())).mayGrow()) {
            return true;
          }
        } catch (IOException e) {
          if (Outage.of(e) != null) {
            throw e;
          }
          LOG.warn("evidence {}: a record that no row has cannot be read", evidence, e);
        }
      }
    }
    return false;
  }

  /** Makes evidence of a stray version; false if there is evidence with this id now. */
  public boolean adopt(EvidenceRecord record, Digest sha256) throws IOException {
    return database.inTransaction(
        () -> {
          if (rows.commit(record, sha256, RecordRows.isStill(null)) == null) {
            return false;
          }
          // not due in custody: that it is in no entry there must be seen
          rows.markInCustody(record.id(), sha256);
          return true;
        });
  }

  /** Deletes a version that came after its evidence was purged. */
  public void deleteStray(Stray stray) throws IOException {
    if (rows.find(stray.evidence()) == null) {
      objects.delete(SharedKeys.record(stray.evidence(), stray.sha256()));
    }
  }

  /**
   * @param missing content that the object store does not have, by the evidence that refers to it
   * @param swept the number of deleted contents that nothing referred to
   * @param locked the number of those that a lock keeps
   */
  public record Contents(Map<Id, Digest> missing, long swept, long locked, String next) {}

  /**
   * Compares content with digests after this one.
   *
   * @param sweep true if content that nothing refers to, and that is old, is deleted
   */
  public Contents contents(String after, boolean sweep) throws IOException {
    List<ObjectFacts> found =
        objects.list(
            SharedKeys.BLOBS, after.isEmpty() ? "" : SharedKeys.blob(new Digest(after)), page);
    String last = found.size() < page ? "" : digestOf(found.get(found.size() - 1).key());
    List<String> expected =
        database.query(
            "SELECT DISTINCT sha256 FROM content_references WHERE sha256 > ?"
                + " AND (? = '' OR sha256 <= ?) ORDER BY sha256 LIMIT ?",
            row -> row.getString(1),
            after,
            last == null ? "" : last,
            last == null ? "" : last,
            (long) page);
    if (expected.size() == page) {
      last = expected.get(page - 1);
    }
    String end = last == null ? "" : last;
    Set<String> referred = new HashSet<>(expected);
    Set<String> there = new HashSet<>();
    List<ObjectFacts> unreferred = new ArrayList<>();
    for (ObjectFacts each : found) {
      String digest = digestOf(each.key());
      if (digest != null && (end.isEmpty() || digest.compareTo(end) <= 0)) {
        there.add(digest);
        if (!referred.contains(digest)) {
          unreferred.add(each);
        }
      }
    }
    Map<Id, Digest> missing = new HashMap<>();
    for (String each : expected) {
      if (!there.contains(each)) {
        Digest sha256 = new Digest(each);
        for (Id id :
            objects.find(SharedKeys.blob(sha256)) == null ? referring(each) : List.<Id>of()) {
          missing.put(id, sha256);
        }
      }
    }
    SharedContent.Swept swept =
        sweep ? content.sweep(unreferred) : new SharedContent.Swept(0, 0, 0);
    return new Contents(missing, swept.files(), swept.locked(), end);
  }

  private static @Nullable String digestOf(String key) {
    Matcher blob = SharedContent.BLOB.matcher(key);
    return blob.matches() ? blob.group(1) : null;
  }

  private List<Id> referring(String sha256) throws IOException {
    return database.query(
        "SELECT evidence FROM content_references WHERE sha256 = ? ORDER BY evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        sha256,
        (long) page);
  }

  /** Evidence that is in the records, and that the catalog lacks or has another version of. */
  public List<Id> notInCatalog(String after) throws IOException {
    return database.query(
        "SELECT e.evidence FROM evidence_records e LEFT JOIN evidence c ON c.id = e.evidence"
            + " WHERE e.removal = 0 AND e.evidence > ? AND (c.id IS NULL OR c.record <> e.record)"
            + " ORDER BY e.evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        after,
        (long) page);
  }

  /** Evidence of the catalog that has no row. */
  public List<Id> onlyInCatalog(String after) throws IOException {
    return database.query(
        "SELECT c.id FROM evidence c WHERE c.id > ? AND NOT EXISTS (SELECT 1 FROM evidence_records"
            + " e WHERE e.evidence = c.id AND e.removal = 0) ORDER BY c.id LIMIT ?",
        row -> new Id(row.getString(1)),
        after,
        (long) page);
  }

  /** Evidence that custody, in this database, lists as kept, and that has no row. */
  public List<Id> keptWithoutRow(String after) throws IOException {
    return database.query(
        "SELECT k.evidence FROM custody_evidence k WHERE k.kept = 1 AND k.purged = 0"
            + " AND k.evidence > ? AND NOT EXISTS (SELECT 1 FROM evidence_records e"
            + " WHERE e.evidence = k.evidence) ORDER BY k.evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        after,
        (long) page);
  }

  /** Some evidence that is in no entry of custody, although its entry is not due; null if none. */
  public @Nullable Id unknownToCustody() throws IOException {
    List<Id> unknown =
        database.query(
            "SELECT e.evidence FROM evidence_records e WHERE e.removal = 0 AND e.in_custody = 1"
                + " AND NOT EXISTS (SELECT 1 FROM custody_evidence k WHERE k.evidence = e.evidence"
                + " AND (k.kept = 1 OR k.purged = 1)) ORDER BY e.evidence LIMIT 1",
            row -> new Id(row.getString(1)));
    return unknown.isEmpty() ? null : unknown.get(0);
  }
}
