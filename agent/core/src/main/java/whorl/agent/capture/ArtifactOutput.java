package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;

/** Where a source puts its artifacts; each is hashed while it streams. */
public interface ArtifactOutput {
  /**
   * Starts an artifact; closing the stream ends it. One at a time.
   *
   * @throws IOException when there is no room for it
   */
  OutputStream create(ArtifactName name, String mediaType) throws IOException;

  /**
   * Starts an artifact of JSON whose texts are masked as they are written, so that nobody has to
   * parse it for that; closing the generator ends it. One at a time.
   *
   * @throws IOException when there is no room for it
   */
  default JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
      throws IOException {
    return form.on(create(name, mediaType));
  }

  /**
   * Lists an artifact that the collector has already, since it never passed through the spool.
   *
   * @throws IOException when the draft cannot note it
   */
  void arrived(Artifact artifact) throws IOException;

  /** How the heap snapshot was taken; goes into the manifest. */
  void heap(HeapFacts facts);

  /** Says what could not be had and why; goes into the acquisition log and the manifest. */
  void missing(String artifact, String reason);

  /** A line for the acquisition log. */
  void log(String line);
}
