package whorl.collector.store.objects;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import whorl.evidence.Digest;

/** Content that is in use as files, until this is closed. Not thread-safe. */
public final class OpenContents implements AutoCloseable {
  private final EvidenceStore store;
  private final Map<Digest, EvidenceStore.Content> open = new HashMap<>();

  public OpenContents(EvidenceStore store) {
    this.store = store;
  }

  /**
   * The file with this content; never write to it.
   *
   * @throws java.nio.file.NoSuchFileException if the store does not have it
   */
  public Path file(Digest sha256) throws IOException {
    EvidenceStore.Content content = open.get(sha256);
    if (content == null) {
      content = store.content(sha256);
      open.put(sha256, content);
    }
    return content.file();
  }

  @Override
  public void close() {
    open.values().forEach(EvidenceStore.Content::close);
    open.clear();
  }
}
