package whorl.agent.ship;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ThreadFactory;
import whorl.evidence.Artifact;

/**
 * One artifact on its way to the collector while it is being made, past the spool and of unknown
 * length: tus with a deferred length. Whoever writes waits while the collector is slower.
 */
public final class DirectUpload implements AutoCloseable {
  private DirectUpload() {}

  /**
   * Connects and creates the upload.
   *
   * @throws IOException with what the collector says when it cannot take it now
   */
  public static DirectUpload open(DirectTarget target, ThreadFactory threads)
      throws IOException, InterruptedException {
    throw new IOException("not built");
  }

  /**
   * What the collector takes, in bytes a second, measured with an upload that is taken back.
   *
   * @throws IOException when it takes nothing
   */
  public long measuredBytesPerSecond() throws IOException, InterruptedException {
    throw new IOException("not built");
  }

  /** For one thread. Writing throws once the collector has refused, or stays away. */
  public OutputStream stream() {
    throw new IllegalStateException("not built");
  }

  /** What the collector has acknowledged so far, in bytes; any thread may ask. */
  public long acknowledgedBytes() {
    return 0;
  }

  /**
   * All is written: waits until the collector has all of it.
   *
   * @return the artifact for the manifest
   */
  public Artifact finish() throws IOException, InterruptedException {
    throw new IOException("not built");
  }

  /** Ends it; an upload that was not finished is taken back. Never throws. */
  @Override
  public void close() {}
}
