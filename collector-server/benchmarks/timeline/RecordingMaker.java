import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import jdk.jfr.Category;
import jdk.jfr.Configuration;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Makes the recording that is compared: a busy program under the JDK's {@code profile} settings,
 * with events shaped as the agent's, in several chunks, with many distinct stacks and strings.
 * Start it with {@code -XX:FlightRecorderOptions=maxchunksize=12m}.
 */
public final class RecordingMaker {
  private static final int THREADS = 4;
  private static final int DEPTH = 24;

  private RecordingMaker() {}

  @Name("whorl.FileOpen")
  @Label("File Open")
  @Category("Whorl")
  @StackTrace
  static final class FileOpen extends Event {
    String path;
    String access;
    boolean created;
    String requestId;
  }

  @Name("whorl.HttpRequest")
  @Label("HTTP Request")
  @Category("Whorl")
  @StackTrace(false)
  static final class HttpRequest extends Event {
    String method;
    String path;
    String query;
    String remoteAddress;
    int status;
    String userAgent;
    String requestId;

    @Timespan(Timespan.NANOSECONDS)
    long elapsed;
  }

  @Name("whorl.DnsLookup")
  @Label("DNS Lookup")
  @Category("Whorl")
  @StackTrace
  static final class DnsLookup extends Event {
    String host;
    String addresses;
    String requestId;
  }

  @Name("acme.OrderPlaced")
  @Label("Order Placed")
  @Category("Acme")
  @StackTrace
  static final class OrderPlaced extends Event {
    long order;
    double amount;
    Thread by;
    Class<?> kind;
    String note;
  }

  /** Arguments: the file to be written, and how many mebibytes it shall have at least. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    long bytes = Long.parseLong(arguments[1]) << 20;
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.setToDisk(true);
      recording.start();
      List<Thread> busy = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(i);
        Path scratch = Files.createTempFile("maker", null);
        Thread thread =
            new Thread(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    request(random, scratch);
                  }
                },
                "http-worker-" + i);
        thread.start();
        busy.add(thread);
      }
      while (recording.getSize() < bytes) {
        Thread.sleep(100);
      }
      busy.forEach(Thread::interrupt);
      for (Thread thread : busy) {
        thread.join();
      }
      recording.stop();
      recording.dump(file);
    }
    System.exit(0);
  }

  private static void request(Random random, Path scratch) {
    HttpRequest request = new HttpRequest();
    request.begin();
    request.method = random.nextInt(4) == 0 ? "POST" : "GET";
    request.path = "/shop/product/" + random.nextInt(100_000);
    request.query = "session=" + Long.toHexString(random.nextLong()) + "&page=" + random.nextInt(50);
    request.remoteAddress = "10." + random.nextInt(4) + "." + random.nextInt(256) + ".7";
    request.status = 200;
    request.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:" + random.nextInt(150) + ".0)";
    request.requestId = "http-" + Long.toHexString(random.nextLong());
    request.elapsed = random.nextInt(50_000_000);
    int touched = 4 + random.nextInt(8);
    for (int i = 0; i < touched; i++) {
      // Of the paths through the program some are common and many are rare.
      int way = random.nextInt(3) == 0 ? random.nextInt(1 << 14) : random.nextInt(1 << 6);
      left(way, DEPTH, random, request.requestId);
    }
    work(random, scratch);
    request.commit();
  }

  private static void left(int way, int depth, Random random, String requestId) {
    if (depth == 0) {
      leaf(random, requestId);
    } else if ((way & 1) == 0) {
      left(way >> 1, depth - 1, random, requestId);
    } else {
      right(way >> 1, depth - 1, random, requestId);
    }
  }

  private static void right(int way, int depth, Random random, String requestId) {
    if (depth == 0) {
      leaf(random, requestId);
    } else if ((way & 1) == 0) {
      left(way >> 1, depth - 1, random, requestId);
    } else {
      right(way >> 1, depth - 1, random, requestId);
    }
  }

  private static void leaf(Random random, String requestId) {
    switch (random.nextInt(4)) {
      case 0 -> {
        DnsLookup event = new DnsLookup();
        event.host = "service-" + random.nextInt(5_000) + ".shop.example";
        event.addresses = "10.9." + random.nextInt(256) + "." + random.nextInt(256);
        event.requestId = requestId;
        event.commit();
      }
      case 1 -> {
        OrderPlaced event = new OrderPlaced();
        event.order = random.nextLong();
        event.amount = random.nextDouble() * 1_000;
        event.by = Thread.currentThread();
        event.kind = random.nextBoolean() ? String.class : HashMap.class;
        event.note = "as agreed with customer " + random.nextInt(1_000_000);
        event.commit();
      }
      default -> {
        FileOpen event = new FileOpen();
        event.path = "/srv/shop/images/" + random.nextInt(50_000) + "/large-" + random.nextInt(9) + ".png";
        event.access = random.nextInt(10) == 0 ? "write" : "read";
        event.created = false;
        event.requestId = requestId;
        event.commit();
      }
    }
  }

  /** Causes events of the JDK's own: samples, allocations, exceptions, files. */
  private static void work(Random random, Path scratch) {
    Map<Integer, String> kept = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      kept.put(random.nextInt(), Integer.toString(random.nextInt()));
    }
    if (random.nextInt(200) == 0) {
      try {
        Files.write(scratch, new byte[100_000]);
        Integer.parseInt("no number " + kept.size());
      } catch (IOException | NumberFormatException expected) {
        // in the recording
      }
    }
  }
}
