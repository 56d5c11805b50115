package whorl.agent.hprof;

import java.io.IOException;

/**
 * The records of the main stream that come when segments have begun: stacks that HotSpot had in its
 * buffer, and those of virtual threads without a carrier. They wait here until all segments have
 * passed, because NetBeans' heap library takes everything from the first segment to the last as
 * objects.
 *
 * <p>A program may have a million virtual threads, so there is room for some and a count of the
 * rest. The other tables of the pass keep an eighth of the memory.
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
   * Whether this record has room. Once there is none for one, there is none for those after it.
   *
   * @param tag of the record
   */
  boolean admits(int tag) {
    full |= budget.left() < budget.maxBytes() / KEPT_FOR_OTHERS;
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
