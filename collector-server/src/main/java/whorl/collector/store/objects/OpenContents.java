package whorl.collector.store.objects;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
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
   * The file with this artifact's content; never write to it.
   *
   * @throws UnreadableContentException if the store has lost it, or it was changed there
   */
  public Path file(StoredArtifact artifact) throws IOException {
    EvidenceStore.Content content = open.get(artifact.sha256());
    if (content == null) {
      content = opened(artifact);
      open.put(artifact.sha256(), content);
    }
    return content.file();
  }

  private EvidenceStore.Content opened(StoredArtifact artifact) throws IOException {
    try {
      return store.content(artifact.sha256());
    } catch (NoSuchFileException lost) {
      throw new UnreadableContentException(artifact, lost);
    } catch (WrongContentException damaged) {
      throw new UnreadableContentException(artifact, damaged);
    }
  }

  @Override
  public void close() {
    open.values().forEach(EvidenceStore.Content::close);
    open.clear();
  }
}
