package whorl.collector.store.records;

/**
 * The room that one agent's events take.
 *
 * @param protectedEvents the events that are protected, as counted when {@code recountAt} was set,
 *     and those written since
 * @param recountAt the time in milliseconds from which they are to be counted again
 */
record JournalUsage(
    long events, long bytes, long protectedEvents, long protectedBytes, long recountAt) {

  JournalUsage plus(long length, boolean isProtected) {
    return changed(1, length, isProtected);
  }

  JournalUsage minus(long length, boolean isProtected) {
    return changed(-1, -length, isProtected);
  }

  private JournalUsage changed(int count, long length, boolean isProtected) {
    return new JournalUsage(
        events + count,
        bytes + length,
        isProtected ? protectedEvents + count : protectedEvents,
        isProtected ? protectedBytes + length : protectedBytes,
        recountAt);
  }

  JournalUsage recounted(long nowProtected, long nowProtectedBytes, long nextRecount) {
    return new JournalUsage(events, bytes, nowProtected, nowProtectedBytes, nextRecount);
  }

  /** True if one more event of this length fits into the agent's room. */
  boolean fits(long length, JournalLedger.Limits limits) {
    return events < limits.maxEventsPerAgent() && bytes + length <= limits.maxBytesPerAgent();
  }

  /** True if the next event is protected. */
  boolean protectsNext(JournalLedger.Limits limits) {
    return protectedEvents < limits.maxEventsPerAgent() / 2
        && protectedBytes < limits.maxBytesPerAgent() / 2;
  }
}
