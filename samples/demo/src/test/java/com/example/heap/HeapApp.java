package com.example.heap;

import com.example.heap.Secrets.Form;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Fills its heap with what is known beforehand, and then does nothing but answer: {@code GET /ping}
 * at once, {@code GET /pause} with the longest time in milliseconds that it stood still since the
 * last such question, {@code GET /collect} once all garbage is gone, {@code GET /exhaust} once
 * memory ran out, of whose filling most is kept.
 *
 * <p>Arguments: port, size of the heap's live part in MiB, seed of the secrets.
 */
public final class HeapApp {
  /** A secret that is a constant of this very class. */
  public static final String LITERAL = "literal--0f6c2d3b9ae84571";

  public static final int ORDERS = 250_000;
  public static final int CUSTOMERS = 10_000;
  public static final int NODES = 50_000;

  /** The class that {@link Literals} writes; loaded, if it is on the class path. */
  static final String LITERALS_CLASS = "com.example.heap.Planted";

  private static final int[] LENGTHS = {0, 1, 7, 64, 100, 1000, 4099, 65_536, 300_001, 1_000_000};
  private static final long BIG = 3L << 20;
  private static final int FILLING = 64 << 10;

  static final List<Object> ballast = new ArrayList<>();
  static final List<Object> secrets = new ArrayList<>();
  static final Map<Long, Order> orders = new HashMap<>();
  static final List<Filling> fillings = new ArrayList<>();
  static @Nullable Node chain;

  private HeapApp() {}

  record Customer(int number, List<Order> orders) {}

  record Order(long id, int cents, Customer customer) {}

  record Node(int number, @Nullable Node next) {}

  record Filling(byte[] bytes) {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws IOException, ClassNotFoundException {
    int port = Integer.parseInt(arguments[0]);
    long liveBytes = Long.parseLong(arguments[1]) << 20;
    long seed = Long.parseLong(arguments[2]);
    populate();
    plant(seed);
    fill(liveBytes, seed);
    // What came and went while it was filled shall be in no dump.
    System.gc();
    System.gc();
    Ticker ticker = new Ticker();
    ticker.start();
    serve(port, ticker);
  }

  private static void populate() {
    Customer[] customers = new Customer[CUSTOMERS];
    for (int i = 0; i < CUSTOMERS; i++) {
      customers[i] = new Customer(i, new ArrayList<>());
    }
    for (int i = 0; i < ORDERS; i++) {
      Customer customer = customers[i % CUSTOMERS];
      Order order = new Order(i, i * 7, customer);
      customer.orders().add(order);
      orders.put(order.id(), order);
    }
    for (int i = 0; i < NODES; i++) {
      chain = new Node(i, chain);
    }
  }

  private static void plant(long seed) throws ClassNotFoundException {
    for (Form form : Form.values()) {
      for (int i = 0; form != Form.LITERAL && i < Secrets.EACH; i++) {
        secrets.add(planted(Secrets.secret(seed, form, i), form));
      }
    }
    secrets.add(LITERAL);
    // Without initialising it, or its constants would become strings.
    secrets.add(Class.forName(LITERALS_CLASS, false, HeapApp.class.getClassLoader()));
  }

  private static Object planted(String secret, Form form) {
    return switch (form) {
      case STRING_LATIN1, STRING_UTF16, LITERAL -> secret;
      case CHARS -> secret.toCharArray();
      case BYTES_UTF8 -> secret.getBytes(StandardCharsets.UTF_8);
      case BYTES_UTF16_LITTLE -> secret.getBytes(StandardCharsets.UTF_16LE);
      case BYTES_UTF16_BIG -> secret.getBytes(StandardCharsets.UTF_16BE);
      case BUILDER, BUILDER_UTF16 -> new StringBuilder(secret);
      case LONGS -> {
        ByteBuffer bytes = ByteBuffer.wrap(secret.getBytes(StandardCharsets.UTF_8));
        long[] longs = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(longs);
        yield longs;
      }
    };
  }

  /** Arrays of all kinds and many lengths, half of them noise, until so much lives. */
  private static void fill(long liveBytes, long seed) {
    Random random = new Random(seed);
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    long left = liveBytes - (runtime.totalMemory() - runtime.freeMemory());
    for (int i = 0; left > 0; i++) {
      // The biggest come seldom, and not where they might not fit any more.
      int length = LENGTHS[i % (left > BIG ? LENGTHS.length : LENGTHS.length - 3)];
      Object array = array(i, length, random);
      ballast.add(array);
      left -= 16 + (long) length * bytesEach(array);
    }
  }

  private static Object array(int number, int length, Random random) {
    switch (number / LENGTHS.length % 8) {
      case 0:
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
          chars[i] = (char) ('a' + i % 26);
        }
        return chars;
      case 1:
        long[] longs = new long[length];
        for (int i = 0; i < length; i++) {
          longs[i] = random.nextLong();
        }
        return longs;
      case 2:
        return new int[length];
      case 3:
        double[] doubles = new double[length];
        for (int i = 0; i < length; i++) {
          doubles[i] = random.nextDouble();
        }
        return doubles;
      case 4:
        return new Object[length];
      case 5:
        return new boolean[length];
      case 6:
        return new short[length];
      default:
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
  }

  private static int bytesEach(Object array) {
    if (array instanceof long[] || array instanceof double[]) {
      return Long.BYTES;
    }
    if (array instanceof int[] || array instanceof Object[]) {
      return Integer.BYTES;
    }
    return array instanceof char[] || array instanceof short[] ? Short.BYTES : 1;
  }

  private static void serve(int port, Ticker ticker) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 64, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (Socket client = server.accept()) {
          client.setSoTimeout(5_000);
          answer(client, ticker);
        } catch (IOException gone) {
          // That client; the next one is served all the same.
        }
      }
    }
  }

  private static void answer(Socket client, Ticker ticker) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII), 256);
    String request = in.readLine();
    for (String line = request; line != null && !line.isEmpty(); ) {
      line = in.readLine();
    }
    String body = "pong";
    if (request != null && request.startsWith("GET /pause ")) {
      body = Long.toString(ticker.longestMillisSinceAsked());
    } else if (request != null && request.startsWith("GET /collect ")) {
      System.gc();
      body = "collected";
    } else if (request != null && request.startsWith("GET /exhaust ")) {
      exhaust();
      body = "exhausted";
    }
    OutputStream out = client.getOutputStream();
    out.write(
        ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void exhaust() {
    try {
      while (true) {
        fillings.add(new Filling(new byte[FILLING]));
      }
    } catch (OutOfMemoryError e) {
      // Some room to go on with.
      fillings.subList(fillings.size() / 2, fillings.size()).clear();
      e.printStackTrace();
    }
  }

  /** Looks at the clock every millisecond: when it could not, the application stood still. */
  private static final class Ticker extends Thread {
    private volatile long longestNanos;

    Ticker() {
      super("ticker");
      setDaemon(true);
    }

    @Override
    public void run() {
      long last = System.nanoTime();
      while (true) {
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          return;
        }
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - last);
        last = now;
      }
    }

    long longestMillisSinceAsked() {
      long nanos = longestNanos;
      longestNanos = 0;
      return nanos / 1_000_000;
    }
  }
}
