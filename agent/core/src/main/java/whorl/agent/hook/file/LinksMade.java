package whorl.agent.hook.file;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The links that this JVM has made since the start, so that an open through a link with a harmless
 * name is resolved. If there are more than can be kept, every path may lead through a link.
 * Lock-free.
 */
final class LinksMade {
  private static final int MAX_LINKS = 256;

  private record Link(String path, @Nullable String hardTarget) {
    boolean leadsTo(String other) {
      return other.startsWith(path)
          && (other.length() == path.length() || other.charAt(path.length()) == '/');
    }
  }

  private static final Link[] NONE = {};

  private final AtomicReference<Link[]> links = new AtomicReference<>(NONE);
  private final LongAdder forgotten = new LongAdder();
  private volatile boolean full;

  /**
   * Adds a link.
   *
   * @param hardTarget the file's other name; null for a symbolic link
   */
  void add(String path, @Nullable String hardTarget) {
    Link link = new Link(path, hardTarget);
    Link[] before;
    Link[] after;
    do {
      before = current();
      if (before.length == MAX_LINKS) {
        full = true;
        forgotten.increment();
        return;
      }
      after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = link;
    } while (!links.compareAndSet(before, after));
  }

  /** A link, or a folder that may hold one, was renamed. */
  void renamed(String from, String to) {
    for (Link link : current()) {
      if (link.leadsTo(from)) {
        add(to, link.hardTarget);
      } else if (link.path.startsWith(from) && link.path.startsWith("/", from.length())) {
        add(to.concat(link.path.substring(from.length())), link.hardTarget);
      }
    }
  }

  /** True if the path may lead through a link that was made. */
  boolean mayLead(String path) {
    if (full) {
      return true;
    }
    for (Link link : current()) {
      if (link.leadsTo(path)) {
        return true;
      }
    }
    return false;
  }

  /** The other name of a hard link that was made; null if there is none. */
  @Nullable String hardTarget(String path) {
    for (Link link : current()) {
      if (link.hardTarget != null && link.path.equals(path)) {
        return link.hardTarget;
      }
    }
    return null;
  }

  private Link[] current() {
    return Objects.requireNonNull(links.get(), "links");
  }

  /** Links that were not kept; after the first of them every path is resolved. */
  long forgotten() {
    return forgotten.sum();
  }
}
