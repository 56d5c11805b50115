package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;

/** Receives the artifacts of a source; each is hashed while it streams. */
public interface ArtifactOutput {
  /**
   * Starts an artifact; closing the stream ends it. One artifact at a time.
   *
   * @throws IOException if there is no space for it
   */
  OutputStream create(ArtifactName name, String mediaType) throws IOException;

  /**
   * Starts a JSON artifact whose texts are masked while written, without parsing it again; closing
   * the generator ends it. One artifact at a time.
   *
   * @throws IOException if there is no space for it
   */
  default JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
      throws IOException {
    return form.on(create(name, mediaType));
  }

  /**
   * Lists an artifact that is already at the collector, because it did not pass through the spool.
   *
   * @throws IOException if the draft cannot record it
   */
  void arrived(Artifact artifact) throws IOException;

  /** Sets how the heap snapshot was taken, for the manifest. */
  void heap(HeapFacts facts);

  /** Records what could not be captured and why, in the acquisition log and the manifest. */
  void missing(String artifact, String reason);

  /** Adds a line to the acquisition log. */
  void log(String line);
}
