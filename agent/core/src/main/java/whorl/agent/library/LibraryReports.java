package whorl.agent.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.AgentMessage.LibraryPart;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;
import whorl.evidence.library.LibraryEntry;

/**
 * Answers the collector's questions for the inventory. A question is noted on the network thread;
 * the thread that makes the inventory answers it, once the inventory is made.
 */
final class LibraryReports {
  private static final int QUESTIONS_MAX = 16;

  private final LibraryInventory inventory;
  private final Consumer<List<AgentMessage>> sender;
  private final Queue<LibrariesWanted> questions = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Runnable wake = () -> {};

  /** Used only by the thread that makes the inventory, as are the following fields. */
  private boolean asked;

  private @Nullable Inventory announced;

  /**
   * @param sender takes messages that belong together, at once
   */
  LibraryReports(LibraryInventory inventory, Consumer<List<AgentMessage>> sender) {
    this.inventory = inventory;
    this.sender = sender;
  }

  void whenAsked(Runnable run) {
    wake = run;
  }

  /** A question of the collector; returns at once, and drops it if there are too many. */
  void wanted(LibrariesWanted question) {
    if (waiting.incrementAndGet() > QUESTIONS_MAX) {
      waiting.decrementAndGet();
      return;
    }
    questions.add(question);
    wake.run();
  }

  /** Sends what was asked for, and what has changed since. */
  void answer() {
    boolean again = false;
    for (LibrariesWanted question = questions.poll();
        question != null;
        question = questions.poll()) {
      waiting.decrementAndGet();
      Inventory last = announced;
      if (question.digest() == null) {
        asked = true;
        again = true;
      } else if (last != null && question.digest().equals(last.digest())) {
        sender.accept(parts(last));
      }
    }
    if (!asked || inventory.isUnfinished() && !(again && announced != null)) {
      return;
    }
    Inventory now = inventory.isUnfinished() ? announced : inventory.snapshot();
    if (now != null && (again || !now.equals(announced))) {
      announced = now;
      sender.accept(List.of(held(now)));
    }
  }

  private static AgentMessage held(Inventory now) {
    return new LibrariesHeld(
        now.digest(), now.entries().size(), now.loaded(), now.complete(), now.problem());
  }

  private static List<AgentMessage> parts(Inventory inventory) {
    List<LibraryEntry> entries = inventory.entries();
    int size = LibraryPart.ENTRIES_MAX;
    int of = Math.max(1, (entries.size() + size - 1) / size);
    List<AgentMessage> parts = new ArrayList<>(of);
    for (int part = 0; part < of; part++) {
      parts.add(
          new LibraryPart(
              inventory.digest(),
              part,
              of,
              entries.subList(part * size, Math.min(entries.size(), (part + 1) * size))));
    }
    return parts;
  }
}
