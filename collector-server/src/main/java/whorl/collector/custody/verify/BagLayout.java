package whorl.collector.custody.verify;

/**
 * The files of a bag (BagIt 1.0, RFC 8493): the payload is in {@code data/}; all other files
 * describe it.
 *
 * <pre>
 * bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 * custody.ndjson   the custody log's entries of this evidence
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
  public static final String MANIFEST = "manifest-sha256.txt";
  public static final String TAG_MANIFEST = "tagmanifest-sha256.txt";
  public static final String CUSTODY = "custody.ndjson";
  public static final String RECORD = "evidence.json";
  public static final String AGENT_KEY = "agent-key.txt";
  public static final String PAYLOAD = "data/";

  private BagLayout() {}
}
