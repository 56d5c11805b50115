package org.springframework.expression;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * What runs inside the shop once a hole lets a class in. Each step is one that an intruder takes
 * where there is no shell; each is harmless: the file dropped says what it is, the host looked up
 * and the listener connected to are this machine's own, and the command is {@code id}.
 *
 * <p>The package is Spring's because a class can be defined only beside one that is there already.
 * The digits of the name are replaced for each attack, so that the same shop can be attacked twice.
 */
public final class Promo00000000 {
  private static final int FLOOD_THREADS = 2;
  private static final int ANSWER_MAX_BYTES = 512;

  private Promo00000000() {}

  /**
   * Takes the steps.
   *
   * @param folders where to try to drop a file, separated by commas
   * @param host the name to look up
   * @return a line for each step, in Base64
   */
  public static String run(String folders, String host) {
    String lines = drop(folders) + '\n' + lookUp(host) + '\n' + connect() + '\n' + start();
    return encoded(lines);
  }

  /** Opens files as fast as two threads can, for so long. */
  public static String flood(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    int[] opened = new int[FLOOD_THREADS];
    Thread[] threads = new Thread[FLOOD_THREADS];
    for (int i = 0; i < FLOOD_THREADS; i++) {
      int own = i;
      threads[i] =
          new Thread(
              () -> {
                while (System.nanoTime() < end) {
                  try (InputStream in = Files.newInputStream(Path.of("/proc/self/stat"))) {
                    opened[own] += in.read() < 0 ? 0 : 1;
                  } catch (IOException e) {
                    return;
                  }
                }
              },
              "promo-" + i);
      threads[i].start();
    }
    int all = 0;
    for (int i = 0; i < FLOOD_THREADS; i++) {
      try {
        threads[i].join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return encoded("interrupted");
      }
      all += opened[i];
    }
    return encoded("opened " + all + " files");
  }

  private static String drop(String folders) {
    String script = "#!/bin/sh\n# A harmless file, dropped by Whorl's sample attack. Delete it.\n";
    String refused = "";
    for (String folder : folders.split(",", -1)) {
      Path file = Path.of(folder, "promo.sh");
      try {
        Files.writeString(file, script);
        return file.toFile().setExecutable(true)
            ? "dropped " + file + ", executable"
            : "dropped " + file;
      } catch (IOException e) {
        refused += " " + folder;
      }
    }
    return "dropped nothing: cannot write to" + refused;
  }

  private static String lookUp(String host) {
    try {
      return "looked up " + host + ": " + InetAddress.getByName(host).getHostAddress();
    } catch (IOException e) {
      return "looked up " + host + ": not found";
    }
  }

  private static String connect() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Socket out = new Socket(loopback, listener.getLocalPort());
        Socket in = listener.accept()) {
      out.getOutputStream().write("hello from the shop".getBytes(StandardCharsets.UTF_8));
      out.shutdownOutput();
      int sent = in.getInputStream().readAllBytes().length;
      return "connected to " + loopback.getHostAddress() + " and sent " + sent + " bytes";
    } catch (IOException e) {
      return "connected nowhere: " + e.getMessage();
    }
  }

  private static String start() {
    try {
      Process process = new ProcessBuilder("/bin/sh", "-c", "id").redirectErrorStream(true).start();
      byte[] answer = process.getInputStream().readNBytes(ANSWER_MAX_BYTES);
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return "started /bin/sh -c id: " + new String(answer, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "started nothing: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "started nothing: interrupted";
    }
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
