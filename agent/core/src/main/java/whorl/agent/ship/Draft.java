package whorl.agent.ship;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;

/**
 * Evidence in the making: it takes artifacts, one at a time, until it is committed or abandoned.
 * For one thread.
 */
public interface Draft {
  /**
   * Starts an artifact, which is hashed while it streams; closing the stream ends it. An artifact
   * that finds no room is rolled back: its stream throws, and it never was.
   *
   * @throws IOException when there is no room, or the name is taken
   */
  OutputStream create(ArtifactName name, String mediaType) throws IOException;

  /**
   * Lists an artifact that went to the collector by {@link DirectUpload} and is whole there. It is
   * not shipped again.
   *
   * @throws IOException when the name is taken, or that cannot be noted
   */
  void arrived(Artifact artifact) throws IOException;

  /**
   * From now on artifacts may go to the collector as soon as they are ended, so that less is lost
   * should the JVM be, and less is left to do at the commit. Manifest and envelope still wait for
   * that. Any thread may call it, at any time.
   */
  void shipAsTheyCome();

  /** The artifacts ended so far, in the order of their making. */
  List<Artifact> artifacts();

  /** What lies here, in bytes; what has arrived does not. */
  long bytes();

  /** Hands the evidence over: from now on it waits to be shipped. */
  void commit() throws IOException;

  /** Throws away what there is. Does nothing after a commit. */
  void abandon();
}
