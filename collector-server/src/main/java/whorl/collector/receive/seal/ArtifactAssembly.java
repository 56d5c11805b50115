package whorl.collector.receive.seal;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * The artifacts of one piece of evidence and the digests of their content. An assembly only grows:
 * artifacts of an earlier record stay. When two artifacts share a name, the one that the manifest
 * lists gets the name, otherwise the first to arrive; the other gets a number as its suffix. Names
 * that differ in case alone are one name, because they are one file on Windows and macOS.
 */
final class ArtifactAssembly {
  static final String INCOMPLETE_SUFFIX = ".part";

  private static final int NAME_MAX_CHARS = 128;

  private final Map<ArtifactName, Digest> listed;
  private final int receipt;
  private final Map<ArtifactName, StoredArtifact> artifacts =
      new TreeMap<>(Comparator.comparing(ArtifactName::value, String.CASE_INSENSITIVE_ORDER));
  private final Set<Digest> content = new LinkedHashSet<>();

  /**
   * @param earlier the artifacts of the record so far
   * @param listed the artifacts in the manifest; empty without a manifest
   * @param receipt the number of the custody receipt for the artifacts that are added here
   */
  ArtifactAssembly(List<StoredArtifact> earlier, Map<ArtifactName, Digest> listed, int receipt) {
    this.listed = listed;
    this.receipt = receipt;
    for (StoredArtifact artifact : earlier) {
      if (artifacts.putIfAbsent(artifact.name(), artifact) != null) {
        putNumbered(artifact);
      }
    }
  }

  /** True if the artifacts already contain this upload, under the name that it was shipped as. */
  static boolean holds(Iterable<StoredArtifact> artifacts, Upload upload) {
    Digest sha256 = upload.sha256();
    for (StoredArtifact artifact : artifacts) {
      boolean same =
          sha256 != null
              ? artifact.sha256().equals(sha256)
                  && artifact.shippedAs().equals(upload.metadata().artifact())
              : artifact.incomplete()
                  && artifact.size() == upload.offset()
                  && artifact.shippedAs().equals(partName(upload.metadata().artifact()));
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** Adds a complete upload. */
  void add(Upload upload, Digest sha256) {
    put(
        StoredArtifact.arrived(
            upload.metadata().artifact(), upload.offset(), sha256, upload.metadata().mediaType()));
  }

  /**
   * Adds the received bytes of an incomplete upload, as {@code name.part}.
   *
   * @param sha256 the digest of these bytes
   */
  void addIncomplete(Upload upload, Digest sha256) {
    ArtifactName name = partName(upload.metadata().artifact());
    put(StoredArtifact.incomplete(name, upload.offset(), sha256));
  }

  /** All artifacts, by name. */
  List<StoredArtifact> artifacts() {
    return artifacts.values().stream()
        .map(each -> listed.isEmpty() ? each : each.unlisted(!each.incomplete() && !isListed(each)))
        .sorted(Comparator.comparing(StoredArtifact::name))
        .toList();
  }

  /** True if all artifacts in the manifest are there. */
  boolean isComplete() {
    return artifacts.values().stream().filter(this::isListed).count() == listed.size();
  }

  /** The content of the added artifacts. */
  Set<Digest> content() {
    return content;
  }

  private boolean isListed(StoredArtifact artifact) {
    return artifact.sha256().equals(listed.get(artifact.name()));
  }

  private void put(StoredArtifact added) {
    content.add(added.sha256());
    StoredArtifact artifact = added.ofReceipt(receipt);
    StoredArtifact existing = artifacts.get(artifact.name());
    if (existing == null) {
      artifacts.put(artifact.name(), artifact);
    } else if (existing.name().equals(artifact.name())
        && existing.sha256().equals(artifact.sha256())) {
      return; // duplicate
    } else if (isListed(artifact)) {
      artifacts.put(artifact.name(), artifact);
      putNumbered(existing);
    } else {
      putNumbered(artifact);
    }
  }

  private void putNumbered(StoredArtifact artifact) {
    for (int i = 2; ; i++) {
      ArtifactName name = numbered(artifact.name(), i);
      StoredArtifact existing = artifacts.get(name);
      if (existing != null
          && existing.sha256().equals(artifact.sha256())
          && existing.shippedAs().equals(artifact.shippedAs())) {
        return;
      }
      if (existing == null && !listed.containsKey(name)) {
        artifacts.put(name, artifact.renamed(name));
        return;
      }
    }
  }

  private static ArtifactName partName(ArtifactName name) {
    return suffixed(name, INCOMPLETE_SUFFIX);
  }

  private static ArtifactName numbered(ArtifactName name, int number) {
    return suffixed(name, "." + number);
  }

  private static ArtifactName suffixed(ArtifactName name, String suffix) {
    String head = name.value();
    int end = Math.min(head.length(), NAME_MAX_CHARS - suffix.length());
    // A name must not have these characters before a dot.
    while (head.charAt(end - 1) == '.' || head.charAt(end - 1) == '/') {
      end--;
    }
    return new ArtifactName(head.substring(0, end) + suffix);
  }
}
