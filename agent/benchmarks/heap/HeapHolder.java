import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A heap of a given size, and a clock that is read every millisecond. {@code reset} on standard
 * input forgets the longest pause, {@code longest} prints it, in milliseconds.
 */
public final class HeapHolder {
  private static final List<Object> KEPT = new ArrayList<>();
  private static volatile long longestNanos;

  private HeapHolder() {}

  static final class Order {
    final long number;
    final String customer;
    final Order before;
    final double[] prices = new double[6];

    Order(long number, Order before) {
      this.number = number;
      this.customer = "customer-" + number * 31;
      this.before = before;
      prices[(int) (number % prices.length)] = number / 100.0;
    }
  }

  /** Arguments: the mebibytes of live heap. */
  public static void main(String[] arguments) throws IOException {
    fill(Long.parseLong(arguments[0]) << 20);
    Thread clock = new Thread(HeapHolder::tick, "clock");
    clock.setDaemon(true);
    clock.start();
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("reset")) {
        longestNanos = 0;
      } else if (line.equals("longest")) {
        System.out.println(longestNanos / 1_000_000);
      }
    }
  }

  /** Two thirds small objects, one third arrays of bytes, some of which do not compress. */
  private static void fill(long bytes) {
    Random random = new Random(7);
    long used = 0;
    Order last = null;
    for (long i = 0; used < bytes; i++) {
      last = new Order(i, last);
      used += 32 + 24 + 40 + 64;
      if (i % 100 == 0) {
        byte[] image = new byte[8_000];
        if (i % 200 == 0) {
          random.nextBytes(image);
        }
        KEPT.add(image);
        used += image.length + 24;
      }
    }
    KEPT.add(last);
  }

  private static void tick() {
    long before = System.nanoTime();
    while (true) {
      LockSupport.parkNanos(1_000_000);
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - before);
      before = now;
    }
  }
}
