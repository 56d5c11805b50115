package whorl.collector.store.objects;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** An artifact that the store has lost, or that somebody changed there; the message says which. */
public final class UnreadableContentException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String artifact;
  private final String reason;
  private final IOException found;

  UnreadableContentException(StoredArtifact artifact, NoSuchFileException lost) {
    this(artifact, "the store has lost it; verify says more", lost);
  }

  UnreadableContentException(StoredArtifact artifact, WrongContentException damaged) {
    this(artifact, "it is damaged in the object store; verify says more", damaged);
  }

  private UnreadableContentException(StoredArtifact artifact, String reason, IOException found) {
    super(found);
    this.artifact = artifact.name().value();
    this.reason = reason;
    this.found = found;
  }

  @Override
  public String getMessage() {
    return artifact + ": " + reason;
  }

  /** What is wrong, without the artifact's name. */
  public String reason() {
    return reason;
  }

  @Override
  public synchronized IOException getCause() {
    return found;
  }
}
