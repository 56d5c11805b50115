package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.agent.ship.direct.DirectUpload;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;

/**
 * Evidence in the making. It accepts artifacts, one at a time, until it is committed or abandoned.
 * Used by one thread.
 */
public interface Draft {
  /**
   * Starts an artifact. It is hashed while it streams; closing the stream ends it. An artifact that
   * does not fit is rolled back: its stream throws, and it is not listed.
   *
   * @throws IOException if there is no room, or the name exists
   */
  OutputStream create(ArtifactName name, String mediaType) throws IOException;

  /**
   * Lists an artifact that {@link DirectUpload} has sent completely to the collector. It is not
   * shipped again.
   *
   * @throws IOException if the name exists, or it cannot be recorded
   */
  void arrived(Artifact artifact) throws IOException;

  /**
   * Allows shipping artifacts as soon as they are complete, so that less is lost if the JVM ends,
   * and less is left to ship at the commit. Manifest and envelope still wait for the commit. Any
   * thread may call it at any time.
   */
  void shipEarly();

  /** The complete artifacts, in order of creation. */
  List<Artifact> artifacts();

  /** The bytes in the spool, without artifacts that arrived at the collector. */
  long bytes();

  /** Completes the evidence; it now waits to be shipped. */
  void commit() throws IOException;

  /** Discards the evidence. Does nothing after a commit. */
  void abandon();
}
