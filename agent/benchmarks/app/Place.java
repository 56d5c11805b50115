import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Where the application's JVM runs: among this machine's processes, or in a container. */
sealed interface Place permits Machine, Container {
  /** What scripts call it: {@code image} and its name, or what goes before java, or nothing. */
  static Place of(String text) {
    if (text.startsWith("image ")) {
      return new Container(text.substring("image ".length()));
    }
    return new Machine(text.isEmpty() ? List.of() : List.of(text.split(" ")));
  }

  /** A JVM that was started. */
  interface Running {
    /** By which times of the start are counted; known once the JVM runs. */
    Instant begun() throws IOException;

    /** In this machine's own numbering, by which /proc and jcmd know it. */
    long pid() throws IOException;

    boolean isAlive();

    /** Asks it to end, and makes it when it does not. */
    void stop() throws IOException, InterruptedException;
  }

  /**
   * Starts a JVM with the JDK of {@code home}; its ports are this machine's.
   *
   * @param readable files and folders that the arguments name
   * @param log where its output goes
   */
  Running start(
      Path home,
      List<String> arguments,
      Map<String, String> environment,
      List<Path> readable,
      Path log)
      throws IOException;
}
