package whorl.collector.store;

import java.nio.file.Path;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The one owner of all paths below the collector's data folder. No path holds a name that a client
 * chose, but for evidence ids, whose shape is checked.
 *
 * <pre>
 * blobs/ab/&lt;sha-256&gt;            content, named by its digest
 * evidence/&lt;id&gt;/evidence.json   the record whose presence makes it evidence
 * evidence/&lt;id&gt;/timeline/…       its rows, which can be made again from the artifacts
 * incoming/&lt;upload&gt;.…           what is still under way
 * confined/&lt;part&gt;/…            of JVMs that read hostile input, while they run
 * custody/custody.ndjson        the custody log
 * trash/&lt;day&gt;/…              what nothing refers to, for some days
 * exports/…                     what is on its way out
 * cases.db                      cases with their notes, which can't
 * catalog.db                    alerts, agents, captures, journals, rules; and an index of evidence
 * restoring                     while a backup is being restored
 * </pre>
 */
public record DataFolder(Path root) {
  /** The name of a record's file. */
  public static final String RECORD = "evidence.json";

  public Path blobs() {
    return root.resolve("blobs");
  }

  /** The folder that holds this blob. */
  public Path shard(Digest sha256) {
    return blobs().resolve(sha256.hex().substring(0, 2));
  }

  public Path blob(Digest sha256) {
    return shard(sha256).resolve(sha256.hex());
  }

  public Path evidence() {
    return root.resolve("evidence");
  }

  /** The folder of one piece of evidence. */
  public Path evidence(Id id) {
    return evidence().resolve(id.value());
  }

  public Path record(Id evidence) {
    return evidence(evidence).resolve(RECORD);
  }

  /** How a file is called that says: custody is to be told of the record with this digest. */
  public static final String DUE = "custody.due-";

  public Path due(Id evidence, Digest record) {
    return evidence(evidence).resolve(DUE + record.hex());
  }

  /** The folder of what was worked out of one piece of evidence. */
  public Path timeline(Id evidence) {
    return evidence(evidence).resolve("timeline");
  }

  /** For the second JVMs of one part of the collector; what is left there is worthless. */
  public Path confined(String part) {
    return root.resolve("confined").resolve(part);
  }

  public Path incoming() {
    return root.resolve("incoming");
  }

  /** What nothing refers to, by the day on which that was seen; kept for some days. */
  public Path trash() {
    return root.resolve("trash");
  }

  public Path exports() {
    return root.resolve("exports");
  }

  public Path custody() {
    return root.resolve("custody");
  }

  public Path custodyLog() {
    return custody().resolve("custody.ndjson");
  }

  /** Is there while a backup is being restored; no server takes such a folder. */
  public Path restoring() {
    return root.resolve("restoring");
  }

  public Path cases() {
    return root.resolve("cases.db");
  }

  public Path catalog() {
    return root.resolve("catalog.db");
  }
}
