package whorl.collector.store.outage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Does work that belongs together, piece by piece: a piece that fails keeps no other from its turn,
 * and {@link #end} says which failed. An outage ends the run at once, because all other pieces
 * would wait for the same. For one thread.
 */
public final class OneByOne {
  private static final int NAMED_MAX = 10;

  private final List<Failure> failures = new ArrayList<>();
  private int failed;

  private record Failure(String name, Exception cause) {
    @Override
    public String toString() {
      return name + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
  }

  /** One piece of the work. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }

  /**
   * Does one piece.
   *
   * @param name for people, such as {@code schedule nightly}
   * @throws IOException if an outage made it fail
   */
  public void run(String name, Work work) throws IOException {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      failed++;
      if (failures.size() < NAMED_MAX) {
        failures.add(new Failure(name, e));
      }
    }
  }

  /** The number of pieces that failed. */
  public int failed() {
    return failed;
  }

  /**
   * Ends the run.
   *
   * @throws IOException if a piece failed; it names the first ten that did, with their failures
   */
  public void end() throws IOException {
    if (failed == 0) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (failed > 1) {
      text.append(failed).append(" failed: ");
    }
    for (int i = 0; i < failures.size(); i++) {
      text.append(i == 0 ? "" : "; ").append(failures.get(i));
    }
    if (failed > failures.size()) {
      text.append("; …");
    }
    IOException all = new IOException(text.toString(), failures.get(0).cause());
    failures.stream().skip(1).forEach(each -> all.addSuppressed(each.cause()));
    throw all;
  }
}
