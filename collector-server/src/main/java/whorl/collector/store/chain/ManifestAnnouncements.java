package whorl.collector.store.chain;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;

/** What agents said on their channels of the manifests that they were about to seal. */
@FunctionalInterface
public interface ManifestAnnouncements {
  /** Nothing is known. */
  ManifestAnnouncements NONE = evidence -> null;

  /**
   * A manifest as it was announced on a channel.
   *
   * @param agent whose channel that was
   */
  record Announced(Id agent, ChainHead position) {}

  /** The announcement of this evidence's manifest; null if there was none, or not yet. */
  @Nullable Announced announced(Id evidence) throws IOException;
}
