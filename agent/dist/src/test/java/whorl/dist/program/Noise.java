package whorl.dist.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens files and connections at a high rate and defines many classes, says how many and how much
 * memory is in use afterwards, and then does something suspicious. Takes java.base only.
 *
 * <p>Properties: {@code opens}, {@code connects} a second for {@code seconds} each; {@code
 * classes}.
 */
public final class Noise {
  private static final int CLASSES_PER_LOADER = 500;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Noise() {}

  /** Something to be done again and again. */
  private interface Deed {
    void perform() throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int seconds = Integer.getInteger("seconds", 3);
    Path file = Files.createFile(folder.resolve("often.txt"));
    long opened =
        repeat(
            Integer.getInteger("opens"), seconds, () -> new FileInputStream(file.toFile()).close());
    long connected;
    try (ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
      Thread accepting = new Thread(() -> accept(server), "accepting");
      accepting.setDaemon(true);
      accepting.start();
      connected =
          repeat(Integer.getInteger("connects"), seconds, () -> connect(server.getLocalPort()));
    }
    int defined = define(Integer.getInteger("classes"));
    System.out.printf(
        Locale.ROOT,
        "opened %d connected %d defined %d used %d%n",
        opened,
        connected,
        defined,
        usedMebibytes());
    Intruder.main(arguments);
  }

  /** So many times a second, or as often as it can be. */
  private static long repeat(int perSecond, int seconds, Deed deed) throws IOException {
    long started = System.nanoTime();
    long wanted = (long) perSecond * seconds;
    for (long done = 0; done < wanted; done++) {
      long due = started + done * NANOS_PER_SECOND / perSecond;
      long early = due - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(early);
      }
      deed.perform();
    }
    return wanted;
  }

  /** Ended by a reset, which leaves no port behind that waits. */
  private static void connect(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoLinger(true, 0);
    }
  }

  private static void accept(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        server.accept().close();
      } catch (IOException over) {
        // Its client is gone already, or the server is.
      }
    }
  }

  private static int define(int count) throws IOException {
    byte[] template;
    try (InputStream in = Noise.class.getResourceAsStream("Made000000.class")) {
      template = in.readAllBytes();
    }
    int digits = new String(template, StandardCharsets.ISO_8859_1).indexOf("Made000000") + 4;
    Loader loader = new Loader();
    for (int i = 0; i < count; i++) {
      if (i % CLASSES_PER_LOADER == 0) {
        loader = new Loader();
      }
      byte[] number = String.format(Locale.ROOT, "%06d", i).getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(number, 0, template, digits, number.length);
      loader.define(template);
    }
    return count;
  }

  /** The used heap in MiB at rest, once the agent has started all of its threads. */
  private static long usedMebibytes() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long used = 0;
    for (int i = 0; i < 10; i++) {
      Thread.sleep(300);
      System.gc();
      used = runtime.totalMemory() - runtime.freeMemory();
    }
    return used >> 20;
  }

  private static final class Loader extends ClassLoader {
    Loader() {
      super(null);
    }

    void define(byte[] bytes) {
      defineClass(null, bytes, 0, bytes.length);
    }
  }
}
