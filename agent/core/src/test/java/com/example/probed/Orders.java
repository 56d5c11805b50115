package com.example.probed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** What an application may look like, for probes: it must behave the same with and without. */
public class Orders implements Supplier<String> {
  private final List<String> log = new ArrayList<>();
  private int entered;

  public Orders() {
    log.add("made");
  }

  /** A value whose methods no probe may call. */
  public static final class Untouchable {
    @Override
    public String toString() {
      throw new AssertionError("toString was called");
    }

    @Override
    public int hashCode() {
      throw new AssertionError("hashCode was called");
    }

    @Override
    public boolean equals(Object other) {
      throw new AssertionError("equals was called");
    }
  }

  /** Of the application, although it is a list. */
  public static final class OwnList extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    @Override
    public int size() {
      throw new AssertionError("size was called");
    }
  }

  public sealed interface Item permits Book, Pen {}

  public record Book(String title, long price) implements Item {}

  public record Pen(boolean blue) implements Item {}

  public String find(String customer) {
    return "order of " + customer;
  }

  public String find(String customer, int limit) {
    return find(customer) + " " + limit;
  }

  public boolean login(String user, String password, int pin) {
    return user.length() + password.length() + pin > 0;
  }

  public double mixed(
      byte a, short b, char c, int d, long e, float f, double g, boolean h, Object i, int[] j) {
    double sum = a + b + c + d + e + f + g;
    a = 0;
    e = 1;
    i = null;
    return h ? sum + j.length + a + e + (i == null ? 0 : 1) : 0;
  }

  public static long sum(long... numbers) {
    long sum = 0;
    for (long each : numbers) {
      sum += each;
    }
    return sum;
  }

  public int factorial(int n) {
    return n <= 1 ? 1 : n * factorial(n - 1);
  }

  public void fail(IllegalStateException with) {
    throw with;
  }

  /** Catches its own exception, with a return in each part. */
  public int guarded(int way) {
    try {
      entered++;
      if (way == 0) {
        return 1;
      }
      if (way == 1) {
        throw new IllegalArgumentException("inside");
      }
      synchronized (log) {
        for (int i = 0; ; i++) {
          if (i > way) {
            return i;
          }
        }
      }
    } catch (IllegalArgumentException e) {
      return e.getMessage().length();
    } finally {
      entered--;
    }
  }

  /** Begins with a loop, so that its first instruction is a target of jumps. */
  public static int loop(int n) {
    while (n > 10) {
      n -= 3;
    }
    return n;
  }

  public String modern(Item item, int day) {
    String kind =
        switch (day) {
          case 6, 7 -> {
            String weekend = "week";
            yield weekend + "end";
          }
          default -> "day";
        };
    if (item instanceof Book book && book.price() > 5) {
      return kind + ' ' + book.title();
    }
    IntUnaryOperator twice = x -> 2 * x;
    return """
        %s %d"""
        .formatted(kind, twice.applyAsInt(day));
  }

  public synchronized void nothing() {
    entered++;
  }

  public void waitFor(CountDownLatch begun, CountDownLatch go) {
    begun.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public native void missing();

  @Override
  public String get() {
    return "bridged";
  }

  public int entered() {
    return entered;
  }
}
