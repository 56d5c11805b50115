package whorl.collector.offline;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.custody.verify.VerificationReport;
import whorl.evidence.ArtifactName;

/**
 * What is opened, and how it was verified.
 *
 * @param path a bag, a folder that an agent wrote, or a single artifact
 * @param verification null for a single artifact, which nothing can be verified with
 * @param compared true if it was verified with keys or checkpoints from elsewhere, and not only
 *     with the keys that came with it
 */
public record Source(Path path, @Nullable VerificationReport verification, boolean compared) {
  /** Verified with nothing but what came with it. */
  public Source(Path path, @Nullable VerificationReport verification) {
    this(path, verification, false);
  }

  /** The kinds of sources. */
  public enum Kind {
    BAG,
    AGENT_FOLDER,
    SINGLE_FILE
  }

  /** The kind of what is at this path. */
  public static Kind kindOf(Path path) {
    if (Files.isDirectory(path)) {
      return Files.exists(path.resolve(BagLayout.DECLARATION)) ? Kind.BAG : Kind.AGENT_FOLDER;
    }
    return path.toString().endsWith(".zip") ? Kind.BAG : Kind.SINGLE_FILE;
  }

  /** True if a folder is one that an agent wrote. */
  public static boolean isAgentFolder(Path folder) {
    return Files.exists(folder.resolve(ArtifactName.MANIFEST.value()))
        || Files.exists(folder.resolve(ArtifactName.ENVELOPE.value()));
  }
}
