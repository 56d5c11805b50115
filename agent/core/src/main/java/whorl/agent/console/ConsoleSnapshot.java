package whorl.agent.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The content of a ring at one or several moments, each write once, oldest first. Writes become
 * objects one by one during iteration.
 */
public final class ConsoleSnapshot implements Iterable<ConsoleWrite> {
  private final List<ConsoleBlock.View> views;

  ConsoleSnapshot(List<ConsoleBlock.View> views) {
    this.views = views;
  }

  /** Returns the union of both snapshots. */
  public ConsoleSnapshot and(ConsoleSnapshot other) {
    List<ConsoleBlock.View> both = new ArrayList<>(views);
    both.addAll(other.views);
    return new ConsoleSnapshot(both);
  }

  @Override
  public Iterator<ConsoleWrite> iterator() {
    return new Merge(views);
  }

  /** The reading position in one block. */
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
        ConsoleBlock.View copy = view.copy();
        ConsoleWrite first = copy.next();
        if (first != null) {
          cursors.add(new Cursor(copy, first));
        }
      }
      next = advance();
    }

    private @Nullable ConsoleWrite advance() {
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
        next = advance();
      } while (next != null && next.sequence() == found.sequence());
      return found;
    }
  }
}
