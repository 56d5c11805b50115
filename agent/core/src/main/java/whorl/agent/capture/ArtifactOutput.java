package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStream;
import whorl.evidence.ArtifactName;

/** Where a source puts its artifacts; each is hashed while it streams. */
public interface ArtifactOutput {
  /**
   * Starts an artifact; closing the stream ends it. One at a time.
   *
   * @throws IOException when there is no room for it
   */
  OutputStream create(ArtifactName name, String mediaType) throws IOException;

  /** Says what could not be had and why; goes into the acquisition log and the manifest. */
  void missing(String artifact, String reason);

  /** A line for the acquisition log. */
  void log(String line);
}
