import java.io.IOException;

/** One that takes uploads, at work in processes of its own. */
interface Server extends AutoCloseable {
  /**
   * Uploads all files of one load, and returns when they are hashed and on the medium.
   *
   * @param connection to this server, which may be used again
   */
  void take(HttpConnection connection, Load load) throws IOException;

  /** Opens a connection to it. */
  HttpConnection connect() throws IOException;

  /** What its processes have used so far, those that have ended included. */
  double cpuSeconds() throws IOException;

  /** Ends what it does after the last answer, and lets go of what it keeps where it can. */
  void settle() throws IOException, InterruptedException;

  @Override
  void close();
}
