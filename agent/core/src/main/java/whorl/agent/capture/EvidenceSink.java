package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Stores evidence until it is shipped. */
public interface EvidenceSink {
  /**
   * Begins new evidence.
   *
   * @throws IOException if there is no space
   */
  Draft begin(Id evidence, Id capture) throws IOException;

  /** Evidence that is being written; used by one thread at a time. */
  interface Draft {
    /**
     * Starts an artifact, hashed while it streams; closing the stream ends it.
     *
     * @throws IOException if there is no space, with the remedy
     */
    OutputStream create(ArtifactName name, String mediaType) throws IOException;

    /**
     * Starts a JSON artifact, like {@link #create(ArtifactName, String)}; closing the generator
     * ends it.
     *
     * @throws IOException if there is no space, with the remedy
     */
    default JsonGenerator create(ArtifactName name, String mediaType, JsonForm form)
        throws IOException {
      return form.on(create(name, mediaType));
    }

    /**
     * Lists an artifact that is already at the collector as part of this evidence.
     *
     * @throws IOException if that cannot be recorded
     */
    void arrived(Artifact artifact) throws IOException;

    /**
     * Allows shipping each artifact as soon as it is complete; without this call they wait for the
     * commit. Any thread, at any time.
     */
    void shipEarly();

    /** Returns the artifacts whose streams were closed, and those that have arrived, in order. */
    List<Artifact> artifacts();

    /** Returns the bytes that are still to be shipped. */
    long bytes();

    /** Marks the evidence as complete and ready to be shipped. */
    void commit() throws IOException;

    /** Discards the evidence and removes what was written. Never throws. */
    void abandon();
  }
}
