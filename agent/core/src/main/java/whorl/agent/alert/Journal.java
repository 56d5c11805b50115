package whorl.agent.alert;

import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.Handoff;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.EventLine;

/**
 * The live journal: sends relevant events to the collector as they happen, so that they survive the
 * JVM however it ends. Events that come by the thousand (class loads, files read, each object of a
 * stream) stay in the ring and are sent with an alert. The application's threads only queue events;
 * the thread {@code whorl-journal} turns them into lines.
 */
public final class Journal implements EventConsumer {
  private static final int ACCESS = EventType.FILE_OPEN.indexOf("access");
  private static final int WAITING_MAX = 1_024;
  private static final long MAX_WAIT_NANOS = 1_000_000_000L;

  /**
   * Waking a thread costs the waking one more than everything else, so it is not done per event.
   */
  private static final long GATHER_NANOS = 5_000_000;

  private final Consumer<EventLine> lines;
  private final Handoff<AgentEvent> waiting =
      new Handoff<>(WAITING_MAX, MemoryBudget.OF_THIS_JVM.journalBytes());

  /**
   * @param lines receives each line, on the journal's thread
   */
  public Journal(Consumer<EventLine> lines) {
    this.lines = lines;
  }

  /** Starts the thread, which an interruption ends. */
  public void start(ThreadFactory threads) {
    threads.newThread(this::work).start();
  }

  @Override
  public void accept(AgentEvent event) {
    if (isRelevant(event)) {
      waiting.offer(event, event.bytes());
    }
  }

  public Map<String, Long> losses() {
    return Map.of("journal.dropped-events", waiting.dropped());
  }

  /** Returns the number of events that were dropped so far, because the queue was full. */
  public long dropped() {
    return waiting.dropped();
  }

  /** Returns the approximate heap bytes of the queued events. */
  public Map<String, Long> heldBytes() {
    return Map.of("journal", waiting.bytes());
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      AgentEvent event = waiting.poll();
      if (event == null) {
        LockSupport.parkNanos(this, GATHER_NANOS);
        waiting.await(MAX_WAIT_NANOS);
      } else {
        write(event);
      }
    }
  }

  /** The thread continues even if there is no memory for a line. */
  private void write(AgentEvent event) {
    try {
      lines.accept(event.toLine());
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(Journal.class).warn("a journal line was lost: {}", e.toString());
    }
  }

  private static boolean isRelevant(AgentEvent event) {
    return switch (event.type()) {
      case FILE_OPEN -> !"read".equals(event.value(ACCESS));
      case CLASS_LOAD, CONSOLE, SOCKET_ACCEPT, HTTP_REQUEST, SELF_TEST, JDK_DESERIALIZATION ->
          false;
      default -> true;
    };
  }
}
