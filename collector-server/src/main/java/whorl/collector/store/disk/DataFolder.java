package whorl.collector.store.disk;

import java.nio.file.Path;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The owner of all paths in the collector's data folder. No path contains a name that a client
 * chose, except evidence ids, whose format is checked.
 *
 * <pre>
 * blobs/ab/&lt;sha-256&gt;            content, named by its digest
 * evidence/&lt;id&gt;/evidence.json   the record; its presence makes it evidence
 * evidence/&lt;id&gt;/timeline/…      the timeline's rows, which can be rebuilt from the artifacts
 * evidence/&lt;id&gt;/performance/…   what its recordings say about the JVM's work; can be made anew
 * incoming/&lt;upload&gt;.…           uploads under way
 * confined/&lt;part&gt;/…             files of confined JVMs, while they run
 * custody/custody.ndjson        the custody log
 * custody/checkpoint            the signed head of the log's Merkle tree
 * custody/tile/…                the tree's hashes (C2SP tlog-tiles)
 * custody/stamps/…              checkpoints with time stamps of an authority
 * custody/log.key               the key that signs checkpoints
 * trash/&lt;day&gt;/…                 unreferenced content, kept for some days
 * exports/…                     exports in progress
 * cases.db                      cases with their notes, which cannot be rebuilt
 * catalog.db                    alerts, agents, captures, journals, rules; and an index of evidence
 * lake/…, lake.db               the table of all timelines, if there is one; can be rebuilt
 * restoring                     exists while a backup is being restored
 * moved                         exists if everything was moved elsewhere
 * </pre>
 */
public record DataFolder(Path root) {
  /** The file name of a record. */
  public static final String RECORD = "evidence.json";

  public Path blobs() {
    return root.resolve("blobs");
  }

  /** The folder of this blob. */
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

  /**
   * The name prefix of the marker file of a record that is to be added to custody; the record's
   * digest follows.
   */
  public static final String DUE = "custody.due-";

  public Path due(Id evidence, Digest record) {
    return evidence(evidence).resolve(DUE + record.hex());
  }

  /** The folder of a timeline's rows. */
  public Path timeline(Id evidence) {
    return evidence(evidence).resolve("timeline");
  }

  /** The folder of what recordings say about the work of the JVM. */
  public Path performance(Id evidence) {
    return evidence(evidence).resolve("performance");
  }

  /**
   * The folder for the confined JVMs of one part of the collector; its leftovers can be deleted.
   */
  public Path confined(String part) {
    return root.resolve("confined").resolve(part);
  }

  public Path incoming() {
    return root.resolve("incoming");
  }

  /** Unreferenced content by the day on which it was found; kept for some days. */
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

  /** The signed head of the custody log's Merkle tree. */
  public Path checkpoint() {
    return custody().resolve("checkpoint");
  }

  /** The folder of checkpoints with time stamps. */
  public Path stamps() {
    return custody().resolve("stamps");
  }

  /** The key that signs checkpoints. */
  public Path logKey() {
    return custody().resolve("log.key");
  }

  /** Exists while a backup is being restored; a server refuses to start with it. */
  public Path restoring() {
    return root.resolve("restoring");
  }

  /** Exists if everything was moved elsewhere; a collector does not start with it then. */
  public Path moved() {
    return root.resolve("moved");
  }

  public Path cases() {
    return root.resolve("cases.db");
  }

  /** The catalog of the lake's table. */
  public Path lake() {
    return root.resolve("lake.db");
  }

  public Path catalog() {
    return root.resolve("catalog.db");
  }
}
