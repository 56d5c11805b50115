package whorl.collector.custody.verify;

import java.util.List;
import java.util.Set;

/**
 * The files of a bag (BagIt 1.0, RFC 8493): the payload is in {@code data/}; all other files
 * describe it.
 *
 * <pre>
 * bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 * README.txt       for a person who has nothing but the bag
 * custody.ndjson   the custody log's entries of this evidence
 * custody-checkpoint.txt  the head of the log's Merkle tree, signed (C2SP tlog-checkpoint)
 * custody-key.txt         the key that signs it (C2SP signed-note verifier key)
 * custody-proof.json      proofs that the entries are in that tree
 * custody-stamped.txt     the same or an earlier checkpoint, which has a time stamp, if any has
 * custody-stamped.tsr     the authority's answer (RFC 3161)
 * evidence.json    the collector's record, byte for byte
 * agent-key.txt    the key that the manifest names, if it names one
 * data/…           the artifacts, the manifest and its envelope
 * </pre>
 */
public final class BagLayout {
  public static final String DECLARATION = "bagit.txt";
  public static final String DECLARATION_TEXT =
      "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  public static final String BAG_INFO = "bag-info.txt";
  public static final String README = "README.txt";
  public static final String MANIFEST = "manifest-sha256.txt";
  public static final String TAG_MANIFEST = "tagmanifest-sha256.txt";
  public static final String CUSTODY = "custody.ndjson";
  public static final String CHECKPOINT = "custody-checkpoint.txt";
  public static final String LOG_KEY = "custody-key.txt";
  public static final String PROOFS = "custody-proof.json";
  public static final String STAMPED = "custody-stamped.txt";
  public static final String STAMP = "custody-stamped.tsr";

  /** The files that prove that custody is part of a log. */
  static final List<String> PROOF_FILES = List.of(CHECKPOINT, LOG_KEY, PROOFS, STAMPED, STAMP);

  public static final String RECORD = "evidence.json";
  public static final String AGENT_KEY = "agent-key.txt";

  /** The files that an import keeps: what the evidence was at the other collector. */
  public static final List<String> HISTORY =
      List.of(RECORD, CUSTODY, CHECKPOINT, LOG_KEY, PROOFS, STAMPED, STAMP, AGENT_KEY);

  /** All files that a collector writes beside the payload. */
  static final Set<String> TAG_FILES =
      Set.of(
          DECLARATION,
          BAG_INFO,
          README,
          MANIFEST,
          TAG_MANIFEST,
          CUSTODY,
          CHECKPOINT,
          LOG_KEY,
          PROOFS,
          STAMPED,
          STAMP,
          RECORD,
          AGENT_KEY);

  public static final String PAYLOAD = "data/";

  private BagLayout() {}
}
