package whorl.collector.custody.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;

/**
 * The receipts of one piece of evidence. Each time the collector acknowledges artifacts, it adds a
 * custody entry with a digest of all of them, so that a missing artifact is detected later.
 */
public final class Receipts {
  private static final String RECEIPT = "receipt";
  private static final String DIGESTS = "digests";

  private final TreeMap<Integer, List<StoredArtifact>> byNumber;

  private Receipts(TreeMap<Integer, List<StoredArtifact>> byNumber) {
    this.byNumber = byNumber;
  }

  /** The receipts of these artifacts; derived artifacts have none. */
  public static Receipts of(Collection<StoredArtifact> artifacts) {
    TreeMap<Integer, List<StoredArtifact>> byNumber = new TreeMap<>();
    for (StoredArtifact artifact : artifacts) {
      if (!artifact.derived()) {
        byNumber.computeIfAbsent(artifact.receipt(), number -> new ArrayList<>()).add(artifact);
      }
    }
    return new Receipts(byNumber);
  }

  public boolean isEmpty() {
    return byNumber.isEmpty();
  }

  /** The number of the last receipt. */
  public int last() {
    return byNumber.lastKey();
  }

  /** The details of a receipt's custody entry. */
  public Map<String, String> detail(int number) {
    List<StoredArtifact> artifacts = byNumber.getOrDefault(number, List.of());
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("artifacts", Integer.toString(artifacts.size()));
    detail.put("bytes", Long.toString(artifacts.stream().mapToLong(StoredArtifact::size).sum()));
    detail.put(DIGESTS, digestOfDigests(artifacts).hex());
    detail.put(RECEIPT, Integer.toString(number));
    return detail;
  }

  /** The differences from the custody entries. */
  public List<String> problems(Collection<CustodyEntry> history) {
    List<String> problems = new ArrayList<>();
    Map<Integer, String> digests = new HashMap<>(); // computed once: any entry can name a receipt
    for (CustodyEntry entry : history) {
      String receipt = entry.detail().get(RECEIPT);
      if (entry.action().equals(CustodyAction.RECEIVED.word())
          && receipt != null
          && receipt.matches("[0-9]{1,6}")) {
        int number = Integer.parseInt(receipt);
        String digest =
            digests.computeIfAbsent(
                number, each -> digestOfDigests(byNumber.getOrDefault(each, List.of())).hex());
        if (!digest.equals(entry.detail().get(DIGESTS))) {
          problems.add(
              "what came with receipt "
                  + number
                  + " is not what custody entry "
                  + entry.sequence()
                  + " says: "
                  + entry.detail().get("artifacts")
                  + " artifacts with digest "
                  + entry.detail().get(DIGESTS));
        }
      }
    }
    for (Integer number : byNumber.keySet()) {
      if (!digests.containsKey(number)) {
        problems.add("custody has no entry of receipt " + number);
      }
    }
    return problems;
  }

  /** One digest for all artifacts: of the lines that {@code sha256sum} prints, sorted by name. */
  private static Digest digestOfDigests(List<StoredArtifact> artifacts) {
    MessageDigest sha256 = Digest.newSha256();
    artifacts.stream()
        .sorted(
            Comparator.comparing(StoredArtifact::shippedAs).thenComparing(a -> a.sha256().hex()))
        .forEach(
            artifact -> {
              String line = artifact.sha256().hex() + "  " + artifact.shippedAs() + "\n";
              sha256.update(line.getBytes(StandardCharsets.US_ASCII));
            });
    return Digest.of(sha256);
  }
}
