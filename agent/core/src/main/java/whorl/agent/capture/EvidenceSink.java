package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Where evidence is put until it is shipped. */
public interface EvidenceSink {
  /**
   * Starts a piece of evidence.
   *
   * @throws IOException when there is no room for any
   */
  Draft begin(Id evidence, Id capture) throws IOException;

  /** Evidence in the making; one thread at a time uses it. */
  interface Draft {
    /**
     * Starts an artifact, hashed while it streams; closing the stream ends it.
     *
     * @throws IOException when there is no room, with the remedy
     */
    OutputStream create(ArtifactName name, String mediaType) throws IOException;

    /**
     * Starts an artifact of JSON, as {@link #create(ArtifactName, String)} does; closing the
     * generator ends it.
     *
     * @throws IOException when there is no room, with the remedy
     */
    default JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
        throws IOException {
      return form.on(create(name, mediaType));
    }

    /**
     * Lists an artifact that lies at the collector already, as part of this evidence.
     *
     * @throws IOException when that cannot be noted
     */
    void arrived(Artifact artifact) throws IOException;

    /**
     * The collector may have artifacts as soon as they are ended; without this they wait for the
     * commit. Any thread, at any time.
     */
    void shipAsTheyCome();

    /** The artifacts whose streams were closed, and those that have arrived, in their order. */
    List<Artifact> artifacts();

    /** What is still to be shipped, in bytes. */
    long bytes();

    /** All is there: it may be shipped. */
    void commit() throws IOException;

    /** Nothing will come of it: what was written is removed. Never throws. */
    void abandon();
  }
}
