package whorl.agent.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What was held at one moment, or at several, each write once and oldest first. Made into objects
 * one by one while it is gone through.
 */
public final class ConsoleSnapshot implements Iterable<ConsoleWrite> {
  private final List<ConsoleBlock.View> views;

  ConsoleSnapshot(List<ConsoleBlock.View> views) {
    this.views = views;
  }

  /** What is in either of them. */
  public ConsoleSnapshot and(ConsoleSnapshot other) {
    List<ConsoleBlock.View> both = new ArrayList<>(views);
    both.addAll(other.views);
    return new ConsoleSnapshot(both);
  }

  @Override
  public Iterator<ConsoleWrite> iterator() {
    return new Merge(views);
  }

  /** Where the reading of one block is. */
  private static final class Cursor {
    private final ConsoleBlock.View view;
    private ConsoleWrite next;

    Cursor(ConsoleBlock.View view, ConsoleWrite next) {
      this.view = view;
      this.next = next;
    }

    long sequence() {
      return next.sequence();
    }
  }

  private static final class Merge implements Iterator<ConsoleWrite> {
    private final PriorityQueue<Cursor> cursors =
        new PriorityQueue<>(Comparator.comparingLong(Cursor::sequence));
    private @Nullable ConsoleWrite next;

    Merge(List<ConsoleBlock.View> views) {
      for (ConsoleBlock.View view : views) {
        ConsoleBlock.View own = view.again();
        ConsoleWrite first = own.next();
        if (first != null) {
          cursors.add(new Cursor(own, first));
        }
      }
      next = step();
    }

    private @Nullable ConsoleWrite step() {
      Cursor first = cursors.poll();
      if (first == null) {
        return null;
      }
      ConsoleWrite found = first.next;
      ConsoleWrite following = first.view.next();
      if (following != null) {
        first.next = following;
        cursors.add(first);
      }
      return found;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public ConsoleWrite next() {
      ConsoleWrite found = next;
      if (found == null) {
        throw new NoSuchElementException();
      }
      do {
        next = step();
      } while (next != null && next.sequence() == found.sequence());
      return found;
    }
  }
}
