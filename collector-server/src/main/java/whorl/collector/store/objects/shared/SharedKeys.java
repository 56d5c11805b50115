package whorl.collector.store.objects.shared;

import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The owner of all keys of evidence:
 *
 * <pre>
 * blobs/ab/&lt;sha-256&gt;                    content, named by its digest
 * evidence/&lt;id&gt;/&lt;sha-256&gt;.json          a version of a record, named by its digest
 * timeline/&lt;id&gt;/&lt;file&gt;               a file of a timeline
 * </pre>
 */
public final class SharedKeys {
  /** The beginning of the keys of all content. */
  public static final String BLOBS = "blobs/";

  /** The beginning of the keys of all records. */
  static final String RECORDS = "evidence/";

  /** The beginning of the keys of all files of timelines. */
  public static final String TIMELINES = "timeline/";

  private SharedKeys() {}

  public static String blob(Digest sha256) {
    return BLOBS + sha256.hex().substring(0, 2) + "/" + sha256.hex();
  }

  static String records(Id evidence) {
    return RECORDS + evidence + "/";
  }

  static String record(Id evidence, Digest sha256) {
    return records(evidence) + sha256.hex() + ".json";
  }

  /** The beginning of the keys of all files of a timeline. */
  public static String timeline(Id evidence) {
    return TIMELINES + evidence + "/";
  }
}
