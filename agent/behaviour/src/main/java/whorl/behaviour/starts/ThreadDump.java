package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What the threads of a JVM that hangs stand in, written into a folder: by jcmd, by SIGQUIT (into
 * the JVM's own output) where jcmd gets no answer, and what the kernel says.
 */
final class ThreadDump {
  private static final long LIMIT_SECONDS = 10;
  private static final long QUIT_SECONDS = 2;

  private ThreadDump() {}

  static void write(Process process, Jdk jdk, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    long pid = process.pid();
    kernel(pid, folder.resolve("kernel.txt"));
    Process jcmd =
        new ProcessBuilder(jdk.jcmd(), String.valueOf(pid), "Thread.print", "-l")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("threads.txt").toFile())
            .start();
    if (!jcmd.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      jcmd.destroyForcibly().waitFor();
      new ProcessBuilder("kill", "-QUIT", String.valueOf(pid)).start().waitFor();
      // The JVM writes it into its own standard output, at a time of its own.
      boolean ended = process.waitFor(QUIT_SECONDS, TimeUnit.SECONDS);
      Files.writeString(
          folder.resolve("jcmd.txt"), "no answer within 10 s; SIGQUIT sent; ended: " + ended);
    }
  }

  private static void kernel(long pid, Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        text.append(thread.getFileName()).append(' ');
        for (String what : new String[] {"comm", "wchan", "stat"}) {
          text.append(content(thread.resolve(what))).append(' ');
        }
        text.append('\n');
      }
    } catch (NoSuchFileException ended) {
      text.append("the process has ended\n");
    }
    Files.writeString(file, text);
  }

  private static String content(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "-";
    }
  }
}
