import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a server that only stores leaves to others: a shell that runs {@code sha256sum}, once for
 * all files of a load, and then {@code sync}, once for them and their folder.
 */
final class Finisher implements AutoCloseable {
  private static final String SCRIPT =
      "while read -r folder files; do"
          + " sha256sum $files >/dev/null && sync $files $folder && echo done || echo failed; done";

  private final Process shell;
  private final Writer in;
  private final BufferedReader out;

  Finisher() throws IOException {
    shell =
        new ProcessBuilder("sh", "-c", SCRIPT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    in = shell.outputWriter();
    out = new BufferedReader(new InputStreamReader(shell.getInputStream()));
  }

  /** Returns when all files are hashed and they and their folder are on the medium. */
  void finish(Path folder, List<Path> files) throws IOException {
    in.write(
        folder + " " + files.stream().map(Path::toString).collect(Collectors.joining(" ")) + "\n");
    in.flush();
    String said = out.readLine();
    if (!"done".equals(said)) {
      throw new IOException("sha256sum or sync failed");
    }
  }

  double cpuSeconds() throws IOException {
    return ServerProcess.cpuSeconds(shell.pid(), true);
  }

  @Override
  public void close() {
    shell.destroy();
  }
}
