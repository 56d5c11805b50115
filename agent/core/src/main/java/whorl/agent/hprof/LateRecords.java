package whorl.agent.hprof;

import java.io.IOException;
import whorl.agent.hprof.format.Tags;
import whorl.agent.hprof.held.HeldRecords;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.Sink;

/**
 * The records of the main stream that arrive after the segments have begun: stacks that HotSpot had
 * in its buffer, and those of virtual threads without a carrier. They wait here until all segments
 * have passed, because NetBeans' heap library reads everything from the first segment to the last
 * as objects.
 *
 * <p>A program may have a million virtual threads, so some are kept and the rest is counted. An
 * eighth of the memory is reserved for the other tables of the pass.
 */
final class LateRecords implements AutoCloseable {
  private static final int KEPT_FOR_OTHERS = 8;

  private final HoldBudget budget;
  private final HeldRecords heldRecords;
  private boolean full;
  private long stacksDropped;

  LateRecords(HoldBudget budget) {
    this.budget = budget;
    this.heldRecords = new HeldRecords(budget);
  }

  /**
   * True if there is room for this record. After the first refusal all later records are refused.
   *
   * @param tag of the record
   */
  boolean admits(int tag) {
    full |= budget.available() < budget.maxBytes() / KEPT_FOR_OTHERS;
    if (full && tag == Tags.TRACE) {
      stacksDropped++;
    }
    return !full;
  }

  void add(byte[] bytes, int offset, int length) throws IOException {
    heldRecords.write(bytes, offset, length);
  }

  void replay(Sink sink) throws IOException {
    heldRecords.replay(sink);
    heldRecords.close();
  }

  long stacksDropped() {
    return stacksDropped;
  }

  @Override
  public void close() {
    heldRecords.close();
  }
}
